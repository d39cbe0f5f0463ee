import type { Metadata } from 'next'
import { ServiceSettings } from '@/components/services/service-settings.tsx'

export const metadata: Metadata = { title: 'Service settings' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <ServiceSettings service={(await params).service} />
}
