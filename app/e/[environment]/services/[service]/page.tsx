import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { ServiceEndpoints } from '@/components/services/service-endpoints.tsx'
import { FirstAnswers } from '../../../../first-answers.tsx'
import { firstEndpoints } from '../../../../first-endpoints.ts'

export const metadata: Metadata = { title: 'Service' }

interface PageProps {
  readonly params: Promise<{ readonly environment: string; readonly service: string }>
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { environment, service } = await params
  return (
    <FirstAnswers questions={[firstEndpoints(environment, await searchParams, service)]}>
      <ServiceEndpoints service={service} />
    </FirstAnswers>
  )
}
