import { notFound } from 'next/navigation'

/** Keeps the shell around addresses that name no page. */
export default function MissingPage() {
  notFound()
}
