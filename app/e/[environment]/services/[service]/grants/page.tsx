import type { Metadata } from 'next'
import { ServiceGrants } from '@/components/services/service-grants.tsx'

export const metadata: Metadata = { title: 'Grants' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <ServiceGrants service={(await params).service} />
}
