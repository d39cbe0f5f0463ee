import type { Metadata } from 'next'
import { seriesQuery } from '#lib/client/decisions.ts'
import { overviewQuery } from '#lib/client/overview.ts'
import { OverviewPage } from '@/components/overview/overview-page.tsx'
import { OVERVIEW_SERIES } from '@/components/overview/overview-series.ts'
import { FirstAnswers, type FirstQuestion } from '../../../first-answers.tsx'
import { gateway } from '../../../gateway.ts'

export const metadata: Metadata = { title: 'Overview' }

const firstQuestions = (environment: string): FirstQuestion[] => [
  {
    queryKey: overviewQuery(environment).queryKey,
    queryFn: () => gateway('getOverview', { params: { environment } }),
  },
  {
    queryKey: seriesQuery(environment, OVERVIEW_SERIES).queryKey,
    queryFn: () => gateway('readSeries', { params: { environment }, query: OVERVIEW_SERIES }),
  },
]

export default async function Page({ params }: { readonly params: Promise<{ readonly environment: string }> }) {
  const { environment } = await params
  return (
    <FirstAnswers questions={firstQuestions(environment)}>
      <OverviewPage />
    </FirstAnswers>
  )
}
