import type { Metadata } from 'next'
import { ServiceEndpoints } from '@/components/services/service-endpoints.tsx'

export const metadata: Metadata = { title: 'Service' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <ServiceEndpoints service={(await params).service} />
}
