import type { Metadata } from 'next'
import { ScopePage } from '@/components/scopes/scope-page.tsx'

export const metadata: Metadata = { title: 'Scope' }

export default async function Page({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  return <ScopePage id={(await params).id} />
}
