'use client'
import { useQuery } from '@tanstack/react-query'
import { seriesQuery } from '#lib/client/decisions.ts'
import { modeChangeMarksQuery } from '#lib/client/mode-changes.ts'
import { overviewQuery } from '#lib/client/overview.ts'
import { DecisionChart } from '@/components/charts/decision-chart.tsx'
import { NOT_DENIED } from '@/components/charts/series-styles.ts'
import { usePickToDecisions } from '@/components/decisions/use-pick-to-decisions.ts'
import { useEnvironment, useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { ButtonLink } from '@/components/ui/button.tsx'
import { PageHeader } from '@/components/ui/page-header.tsx'
import { Panel } from '@/components/ui/panel.tsx'
import { ProblemAlert } from '@/components/ui/problem-alert.tsx'
import { RelativeTime } from '@/components/ui/relative-time.tsx'
import { AttentionList } from './attention-list.tsx'
import { FirstSteps } from './first-steps.tsx'
import { LastDay } from './last-day.tsx'
import { OVERVIEW_SERIES } from './overview-series.ts'
import { Posture, type Overview } from './posture.tsx'

export function OverviewPage() {
  const environment = useEnvironment()
  const { data: overview, error, refetch } = useQuery(overviewQuery(environment))
  const isEmpty = overview !== undefined && isWithoutTraffic(overview)
  return (
    <>
      <PageHeader title="Overview" description={<Published overview={overview} />} />
      {overview === undefined && error !== null && <ProblemAlert problem={error} onRetry={() => void refetch()} />}
      {isEmpty ? <FirstSteps hasServices={overview.services > 0} /> : <Fleet overview={overview} />}
    </>
  )
}

/** No service at all, or none that was ever heard of in this environment. */
const isWithoutTraffic = ({ services, endpoints, instances }: Overview): boolean =>
  services === 0 || (endpoints.off + endpoints['log-only'] + endpoints.enforce === 0 && instances.live === 0)

const Published = ({ overview }: { readonly overview: Overview | undefined }) =>
  overview === undefined ? (
    <span>Posture of the fleet</span>
  ) : (
    <span>
      Revision {overview.revision}, published <RelativeTime at={overview.publishedAt} never="not yet" />
    </span>
  )

/** Two columns that grow on their own; on a phone what needs attention comes before the chart. */
const Fleet = ({ overview }: { readonly overview: Overview | undefined }) => (
  <div className="grid items-start gap-4 xl:grid-cols-12">
    <div className="grid gap-4 xl:col-span-7">
      <Posture overview={overview} />
      <AttentionList items={overview?.attention} />
    </div>
    <div className="grid gap-4 xl:sticky xl:top-16 xl:col-span-5">
      <LastDay overview={overview} />
      <Denials />
    </div>
  </div>
)

function Denials() {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const { data, error, refetch } = useQuery(seriesQuery(environment, OVERVIEW_SERIES))
  const { data: changes } = useQuery(modeChangeMarksQuery(environment, {}))
  const pick = usePickToDecisions('outcome')
  return (
    <Panel
      id="denials"
      title="Denials over time"
      description="Last 24 hours, by outcome"
      actions={
        <ButtonLink size="sm" variant="ghost" href={toPath('/decisions')}>
          Explore
        </ButtonLink>
      }
    >
      {data === undefined && error !== null ? (
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      ) : (
        <DecisionChart
          label="Decisions of the last 24 hours by outcome"
          series={data}
          marks={changes?.items}
          pick={pick}
          hiddenAtFirst={NOT_DENIED}
          size="lg"
          bucketsMax={48}
        />
      )}
    </Panel>
  )
}
