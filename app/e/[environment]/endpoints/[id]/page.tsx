import type { Metadata } from 'next'
import { EndpointPage } from '@/components/endpoints/endpoint-page.tsx'

export const metadata: Metadata = { title: 'Endpoint' }

export default async function Page({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  return <EndpointPage id={(await params).id} />
}
