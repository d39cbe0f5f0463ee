import type { ReactNode } from 'react'
import { ServiceFrame } from '@/components/services/service-frame.tsx'

interface ServiceLayoutProps {
  readonly params: Promise<{ readonly service: string }>
  readonly children: ReactNode
}

export default async function ServiceLayout({ params, children }: ServiceLayoutProps) {
  return <ServiceFrame service={(await params).service}>{children}</ServiceFrame>
}
