import type { Metadata } from 'next'
import { ServiceIdentity } from '@/components/services/service-identity.tsx'

export const metadata: Metadata = { title: 'Identity and credentials' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <ServiceIdentity service={(await params).service} />
}
