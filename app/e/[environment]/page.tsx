import { redirect } from 'next/navigation'

export default async function EnvironmentPage({
  params,
}: {
  readonly params: Promise<{ readonly environment: string }>
}) {
  redirect(`/e/${(await params).environment}/overview`)
}
