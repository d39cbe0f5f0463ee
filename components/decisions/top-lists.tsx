'use client'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { topQuery } from '#lib/client/decisions.ts'
import { REASONS } from '#lib/policy/vocabulary.ts'
import { useEnvironment } from '@/components/shell/environment-context.tsx'
import { classNames } from '@/components/ui/class-names.ts'
import { Panel } from '@/components/ui/panel.tsx'
import { ProblemAlert } from '@/components/ui/problem-alert.tsx'
import { ProportionBar } from '@/components/ui/proportion-bar.tsx'
import { Skeleton } from '@/components/ui/skeleton.tsx'
import { toReasonWords, toShortCount } from '@/components/ui/words.ts'
import type { DecisionFilter } from './use-decision-filter.ts'

type TopItem = RouteResponse<'readTop'>['items'][number]
type By = 'caller' | 'endpoint' | 'reason'

const SHOWN = 5

export const TopLists = ({ filter }: { readonly filter: DecisionFilter }) => (
  <div className="grid gap-4 lg:grid-cols-3">
    <TopList filter={filter} by="caller" title="Callers" />
    <TopList filter={filter} by="endpoint" title="Endpoints" isMono />
    <TopList filter={filter} by="reason" title="Reasons" toLabel={({ key }) => toReasonWords(key)} />
  </div>
)

interface TopListProps {
  readonly filter: DecisionFilter
  readonly by: By
  readonly title: string
  readonly isMono?: boolean
  readonly toLabel?: (item: TopItem) => string
}

/** Who and what is denied most. Its own dimension does not narrow it, so that another one can be chosen. */
function TopList({ filter, by, title, isMono = false, toLabel = ({ label }) => label }: TopListProps) {
  const environment = useEnvironment()
  const { span, dimensions, isKnown, isLive, setDimensions } = filter
  const { data, error, refetch } = useQuery({
    ...topQuery(environment, { ...span, ...dimensions, [by]: undefined, by, limit: SHOWN }, isLive),
    enabled: isKnown,
  })
  const items = data?.items.filter((item) => item.denied + item['would-deny'] > 0)
  const most = Math.max(1, ...(items ?? []).map((item) => item.denied + item['would-deny']))
  const choose = (key: string) => {
    const next = dimensions[by] === key ? null : key
    setDimensions(by === 'reason' ? { reason: REASONS.find((reason) => reason === next) ?? null } : { [by]: next })
  }
  return (
    <Panel id={`top-${by}`} title={title} description="By denials, and would-be denials" flush>
      {data === undefined && error !== null && (
        <div className="p-4">
          <ProblemAlert problem={error} onRetry={() => void refetch()} />
        </div>
      )}
      <ol className="lg:min-h-51 p-1">
        {items === undefined && error === null && <LoadingItems />}
        {items?.length === 0 && <li className="px-3 py-10 text-center text-muted">Nothing denied in this span.</li>}
        {items?.map((item) => (
          <li key={item.key}>
            <button
              type="button"
              aria-pressed={dimensions[by] === item.key}
              onClick={() => {
                choose(item.key)
              }}
              className={classNames(
                'block w-full rounded-md px-3 py-1.5 text-left -outline-offset-2 hover:bg-hover',
                dimensions[by] === item.key && 'bg-selected',
              )}
            >
              <span className="flex items-baseline gap-2">
                <span
                  className={classNames('min-w-0 flex-1 truncate', isMono && 'font-mono text-xs')}
                  title={toLabel(item)}
                >
                  {toLabel(item)}
                </span>
                <Counts item={item} />
              </span>
              <Amount item={item} most={most} />
            </button>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const Counts = ({ item }: { readonly item: TopItem }): ReactNode => (
  <span className="flex shrink-0 gap-2 text-xs tabular-nums">
    {item.denied > 0 && (
      <span className="text-denied">
        {toShortCount(item.denied)}
        <span className="sr-only"> denied</span>
      </span>
    )}
    {item['would-deny'] > 0 && (
      <span className="text-log-only">
        {toShortCount(item['would-deny'])}
        <span className="sr-only"> would have been denied</span>
      </span>
    )}
  </span>
)

function Amount({ item, most }: { readonly item: TopItem; readonly most: number }) {
  const rest = most - item.denied - item['would-deny']
  return (
    <span aria-hidden className="mt-1 block">
      <ProportionBar
        label=""
        height={4}
        parts={[
          { key: 'denied', label: 'Denied', count: item.denied, fill: 'fill-denied-fill' },
          {
            key: 'would-deny',
            label: 'Would have been denied',
            count: item['would-deny'],
            fill: 'fill-log-only-fill',
            hatched: true,
          },
          { key: 'rest', label: 'Less than the most', count: rest, fill: 'fill-transparent' },
        ]}
      />
    </span>
  )
}

const LoadingItems = () =>
  Array.from({ length: SHOWN }, (_, index) => (
    <li key={index} aria-hidden className="px-3 py-1.5">
      <Skeleton className="h-5 w-2/3" />
      <Skeleton className="mt-1 h-1 w-full" />
    </li>
  ))
