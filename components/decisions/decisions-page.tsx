'use client'
import { useQuery } from '@tanstack/react-query'
import { ZoomOut } from 'lucide-react'
import { parseAsString, useQueryState } from 'nuqs'
import dynamic from 'next/dynamic'
import { seriesQuery } from '#lib/client/decisions.ts'
import { modeChangeMarksQuery } from '#lib/client/mode-changes.ts'
import { DecisionChart } from '@/components/charts/decision-chart.tsx'
import { NOT_DENIED, type PickSeries } from '@/components/charts/series-styles.ts'
import { useEnvironment } from '@/components/shell/environment-context.tsx'
import { Button } from '@/components/ui/button.tsx'
import { PageHeader } from '@/components/ui/page-header.tsx'
import { Panel } from '@/components/ui/panel.tsx'
import { ProblemAlert } from '@/components/ui/problem-alert.tsx'
import { Segmented } from '@/components/ui/segmented.tsx'
import { DecisionExport } from './decision-export.tsx'
import { DecisionFilters } from './decision-filters.tsx'
import { DecisionSearch } from './decision-search.tsx'
import { LiveButton } from './live-button.tsx'
import { SampleList } from './sample-list.tsx'
import { toSpanWords } from './time-range.ts'
import { toDimension } from './to-dimension.ts'
import { TopLists } from './top-lists.tsx'
import { useDecisionFilter, type DecisionFilter } from './use-decision-filter.ts'

const DecisionSheet = dynamic(() => import('./decision-sheet.tsx').then((module) => module.DecisionSheet), {
  ssr: false,
})

export function DecisionsPage() {
  const filter = useDecisionFilter()
  const [openId, setOpenId] = useQueryState('decision', parseAsString.withOptions({ history: 'push' }))
  return (
    <>
      <PageHeader
        title="Decisions"
        description="Who was denied, or would have been, and why"
        actions={
          <div className="flex w-full gap-2">
            <DecisionSearch onFound={(id) => void setOpenId(id)} />
            <DecisionExport filter={filter} />
            <LiveButton filter={filter} />
          </div>
        }
      />
      <div className="space-y-4">
        <DecisionFilters filter={filter} />
        <Chart filter={filter} />
        <TopLists filter={filter} />
        <SampleList filter={filter} openId={openId} onOpen={(id) => void setOpenId(id)} />
      </div>
      {openId !== null && <DecisionSheet id={openId} filter={filter} onClose={() => void setOpenId(null)} />}
    </>
  )
}

const BY = [
  { value: 'outcome', label: 'Outcome' },
  { value: 'reason', label: 'Reason' },
  { value: 'service', label: 'Service' },
  { value: 'endpoint', label: 'Endpoint' },
  { value: 'caller', label: 'Caller' },
] as const

/** A series that is chosen becomes the filter; chosen once more, it is no longer. */
const toPick =
  ({ by, dimensions, setDimensions }: DecisionFilter): PickSeries =>
  (key) => {
    const dimension = toDimension(by, key)
    if (dimension === null) return undefined
    const isPicked = dimensions[by] === key
    return {
      isPicked,
      run: () => {
        setDimensions(isPicked ? { [by]: null } : dimension)
      },
    }
  }

function Chart({ filter }: { readonly filter: DecisionFilter }) {
  const environment = useEnvironment()
  const { by, span, dimensions, isKnown, isLive, brushed } = filter
  const { data, error, refetch } = useQuery({
    ...seriesQuery(environment, { ...span, ...dimensions, by }, isLive),
    enabled: isKnown,
  })
  const { service, endpoint } = dimensions
  const { data: changes } = useQuery({
    ...modeChangeMarksQuery(environment, { ...span, service, endpoint }),
    enabled: isKnown,
  })
  const back = () => {
    filter.setSpan(null)
  }
  return (
    <Panel
      id="over-time"
      title="Over time"
      description={brushed === null ? 'Drag over the chart to look closer' : toSpanWords(brushed)}
      actions={
        <>
          {brushed !== null && (
            <Button size="sm" variant="ghost" icon={ZoomOut} onClick={back}>
              Zoom out
            </Button>
          )}
          <Segmented label="Stack by" value={by} options={BY} onChange={filter.setBy} />
        </>
      }
    >
      {data === undefined && error !== null ? (
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      ) : (
        <DecisionChart
          key={by}
          label={`Decisions over time by ${by}`}
          series={data}
          marks={changes?.items}
          by={by}
          hiddenAtFirst={dimensions.outcome === 'allowed' ? NOTHING : NOT_DENIED}
          onBrush={filter.setSpan}
          onBack={brushed === null ? undefined : back}
          pick={toPick(filter)}
        />
      )}
    </Panel>
  )
}
const NOTHING: readonly string[] = []
