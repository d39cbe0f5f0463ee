import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { EndpointsPage } from '@/components/endpoints/endpoints-page.tsx'
import { FirstAnswers } from '../../../first-answers.tsx'
import { firstEndpoints } from '../../../first-endpoints.ts'

export const metadata: Metadata = { title: 'Endpoints' }

interface PageProps {
  readonly params: Promise<{ readonly environment: string }>
  readonly searchParams: Promise<SearchParams>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { environment } = await params
  return (
    <FirstAnswers questions={[firstEndpoints(environment, await searchParams)]}>
      <EndpointsPage />
    </FirstAnswers>
  )
}
