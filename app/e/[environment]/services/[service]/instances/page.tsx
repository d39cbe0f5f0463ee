import type { Metadata } from 'next'
import { InstanceList } from '@/components/services/instance-list.tsx'

export const metadata: Metadata = { title: 'Instances' }

export default async function Page({ params }: { readonly params: Promise<{ readonly service: string }> }) {
  return <InstanceList service={(await params).service} />
}
