import type { Metadata } from 'next'
import { ServiceScopes } from '@/components/scopes/service-scopes.tsx'

export const metadata: Metadata = { title: 'Scopes' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <ServiceScopes service={(await params).service} />
}
