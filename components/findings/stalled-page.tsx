'use client'
import { useQuery } from '@tanstack/react-query'
import { CheckCheck, Radio } from 'lucide-react'
import { stalledQuery } from '#lib/client/findings.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FindingExport } from './finding-export.tsx'
import { FindingFilters } from './finding-filters.tsx'
import { FindingPanel } from './finding-panel.tsx'
import { SilentServiceItem } from './silent-service-item.tsx'
import { StalledEndpointItem } from './stalled-endpoint-item.tsx'
import { useFindingParams, type FindingParams } from './use-finding-params.ts'

const AGES = [
  { days: 0, label: 'Any age' },
  { days: 7, label: '7 days' },
  { days: 14, label: '14 days' },
  { days: 30, label: '30 days' },
]
const OFFERED = AGES.map(({ days }) => days)
const USUAL_DAYS = 14

interface NoneStalledProps {
  readonly params: FindingParams
  readonly oldestDays: number | null
}

function NoneStalled({ params, oldestDays }: NoneStalledProps) {
  const showAll = () => {
    params.setDays(0)
  }
  return params.days === 0 || oldestDays === null ? (
    <EmptyState icon={CheckCheck} title="No endpoint is in log-only">
      Bring endpoints that are off to log-only, so that it becomes known who calls them.
    </EmptyState>
  ) : (
    <EmptyState
      icon={CheckCheck}
      title={`No endpoint has been in log-only for ${String(params.days)} days`}
      action={<Button onClick={showAll}>Show those of any age</Button>}
    >
      The oldest has been in it {toAgeWords(oldestDays)}; all of them are still being watched.
    </EmptyState>
  )
}

/** "3.5 days", or that it is not one yet. */
const toAgeWords = (days: number): string =>
  days < 1 ? 'for less than a day' : `for ${String(days)} ${days === 1 ? 'day' : 'days'}`

/** Endpoints that stay in log-only, with the step that comes next, and services that say nothing. */
export function StalledPage() {
  const environment = useEnvironment()
  const params = useFindingParams(OFFERED, USUAL_DAYS)
  const { days, service } = params
  const { data, error, refetch } = useQuery(stalledQuery(environment, { days, service }))
  const shared = { problem: error, onRetry: () => void refetch() }
  return (
    <div className="space-y-4">
      <FindingFilters params={params} windowLabel="Least age in log-only" windows={AGES} />
      <FindingPanel
        {...shared}
        id="stalled-endpoints"
        title="Stalled in log-only"
        description="The longest first, with the team that owns the service and what comes next"
        actions={<FindingExport label="stalled endpoints" query={{ kind: 'stalled-endpoints', days, service }} />}
        list={data?.endpoints}
        itemId={({ endpointId }) => endpointId}
        empty={<NoneStalled params={params} oldestDays={data?.oldestDays ?? null} />}
      >
        {(endpoint) => <StalledEndpointItem endpoint={endpoint} />}
      </FindingPanel>
      <FindingPanel
        {...shared}
        id="silent-services"
        title="Silent services"
        description="They do not poll, or report no traffic: what they enforce, and who calls them, is not known"
        actions={<FindingExport label="silent services" query={{ kind: 'silent-services', service }} />}
        list={data?.services}
        itemId={({ serviceSlug }) => serviceSlug}
        empty={
          <EmptyState icon={Radio} title="Every service polls and reports">
            Each has a live instance and reported decisions in the last 24 hours.
          </EmptyState>
        }
      >
        {(silent) => <SilentServiceItem silent={silent} />}
      </FindingPanel>
    </div>
  )
}
