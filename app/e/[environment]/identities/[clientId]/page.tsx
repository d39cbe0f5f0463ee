import type { Metadata } from 'next'
import { IdentityPage } from '@/components/identities/identity-page.tsx'

export const metadata: Metadata = { title: 'Identity' }

export default async function Page({ params }: { readonly params: Promise<{ readonly clientId: string }> }) {
  return <IdentityPage clientId={(await params).clientId} />
}
