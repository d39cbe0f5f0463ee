'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { samplesQuery } from '#lib/client/decisions.ts'
import { SAMPLES_PER_HOUR_MAX } from '#lib/contract/sample-limit.ts'
import { useEnvironment } from '@/components/shell/environment-context.tsx'
import { Badge } from '@/components/ui/badge.tsx'
import { Button } from '@/components/ui/button.tsx'
import type { Column } from '@/components/ui/data-table/column.ts'
import { DataTable } from '@/components/ui/data-table/data-table.tsx'
import { EmptyState } from '@/components/ui/empty-state.tsx'
import { Panel } from '@/components/ui/panel.tsx'
import { RelativeTime } from '@/components/ui/relative-time.tsx'
import { EndpointName, KindIcon, OutcomeBadge } from '@/components/ui/status-badges.tsx'
import { toReasonWords, toPlural } from '@/components/ui/words.ts'
import type { DecisionFilter } from './use-decision-filter.ts'

export type Sample = RouteResponse<'listSamples'>['items'][number]

const LIVE_PAGES_MAX = 2

const COLUMNS: readonly Column<Sample>[] = [
  {
    id: 'at',
    header: 'Time',
    meta: { width: 104 },
    cell: (row) => <RelativeTime at={row.at} className="text-muted tabular-nums" />,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    meta: { width: 200 },
    cell: (row) => <OutcomeBadge outcome={row.outcome} />,
  },
  {
    id: 'route',
    header: 'Endpoint',
    meta: { isRowHeader: true },
    cell: (row) => <EndpointName method={row.method} route={row.route} wrap />,
  },
  {
    id: 'serviceSlug',
    header: 'Service',
    meta: { width: 112, from: 'xl' },
    cell: (row) => row.serviceSlug,
  },
  {
    id: 'caller',
    header: 'Caller',
    meta: { width: 152 },
    cell: (row) => <CallerName caller={row.caller} />,
  },
  {
    id: 'reason',
    header: 'Reason',
    meta: { from: 'lg' },
    cell: (row) => <ReasonWords sample={row} />,
  },
  {
    id: 'replayed',
    header: () => <span className="sr-only">Replayed</span>,
    meta: { width: 120, align: 'right', from: 'md' },
    cell: (row) => row.replayed && <ReplayedBadge />,
  },
]

interface SampleListProps {
  readonly filter: DecisionFilter
  readonly openId: string | null
  readonly onOpen: (id: string) => void
}

export function SampleList({
  filter: { span, dimensions, isKnown, isLive, isFiltered, reset },
  openId,
  onOpen,
}: SampleListProps) {
  const environment = useEnvironment()
  const query = useInfiniteQuery({
    ...samplesQuery(environment, { ...span, ...dimensions }),
    enabled: isKnown,
    // Older pages that somebody is reading do not move.
    refetchInterval: ({ state }) => (isLive && (state.data?.pages.length ?? 0) <= LIVE_PAGES_MAX ? 10_000 : false),
  })
  const rows = query.data?.pages.flatMap(({ items }) => items)
  return (
    <Panel
      id="samples"
      title="Single decisions"
      description={`Denials and would-be denials. Of each set of facts the first ${String(SAMPLES_PER_HOUR_MAX)} of an hour are kept, so that a caller may stand in the counts above and no longer here: those are complete`}
      flush
    >
      <DataTable
        label="Single decisions"
        columns={COLUMNS}
        rows={rows}
        rowId={({ id }) => id}
        problem={query.error}
        onRetry={() => void query.refetch()}
        onOpen={({ id }) => {
          onOpen(id)
        }}
        openId={openId}
        narrow={(sample) => <NarrowSample sample={sample} />}
        narrowRowHeight={88}
        loadingRows={12}
        empty={<NoSamples isFiltered={isFiltered} onReset={reset} />}
        footer={
          <div className="flex min-h-8 items-center justify-between gap-4">
            <span>{rows === undefined ? '' : toPlural(rows.length, 'decision')} shown, newest first</span>
            {query.hasNextPage && (
              <Button size="sm" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show older
              </Button>
            )}
          </div>
        }
      />
    </Panel>
  )
}

export const CallerName = ({ caller: { kind, name } }: { readonly caller: Sample['caller'] }) => (
  <span className="inline-flex max-w-full items-center gap-1.5">
    <KindIcon kind={kind} />
    <span className="truncate">{name}</span>
  </span>
)

export const ReplayedBadge = () => (
  <Badge title="Recorded traffic, replayed: it did not happen now">
    <History aria-hidden className="size-3" />
    Replayed
  </Badge>
)

const ReasonWords = ({ sample: { reason, missingScopes } }: { readonly sample: Sample }): ReactNode => (
  <span>
    {reason === null ? <span className="text-faint">none</span> : toReasonWords(reason)}
    {missingScopes.length > 0 && <code className="ml-1.5 text-xs text-muted">{missingScopes.join(' ')}</code>}
  </span>
)

const NarrowSample = ({ sample }: { readonly sample: Sample }) => (
  <div className="space-y-1 py-1.5">
    <div className="flex items-center justify-between gap-2">
      <EndpointName method={sample.method} route={sample.route} />
      <RelativeTime at={sample.at} className="shrink-0 text-xs text-muted" />
    </div>
    <div className="flex items-center gap-2 overflow-hidden text-xs text-muted">
      <CallerName caller={sample.caller} />
      <span className="truncate">
        <ReasonWords sample={sample} />
      </span>
    </div>
    <div className="flex gap-2">
      <OutcomeBadge outcome={sample.outcome} />
      {sample.replayed && <ReplayedBadge />}
    </div>
  </div>
)

const NoSamples = ({ isFiltered, onReset }: { readonly isFiltered: boolean; readonly onReset: () => void }) => (
  <EmptyState
    icon={SearchX}
    title="No decisions here"
    action={isFiltered ? <Button onClick={onReset}>Reset the filters</Button> : undefined}
  >
    {isFiltered
      ? 'No denial and no would-be denial fits these filters.'
      : 'Nothing was denied, and nothing would have been. Endpoints that are off decide nothing: put them in log-only to see what would happen.'}
  </EmptyState>
)
