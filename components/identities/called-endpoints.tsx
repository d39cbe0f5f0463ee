'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { identityEvidenceQuery } from '#lib/client/evidence.ts'
import type { CalledEndpoint } from '#lib/client/object-types.ts'
import { ReasonBadges } from '../evidence/caller-list.tsx'
import { useEvidenceWindow } from '../evidence/use-evidence-window.ts'
import { WindowPicker } from '../evidence/window-picker.tsx'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import type { Column, Sort } from '../ui/data-table/column.ts'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Link } from '../ui/link.tsx'
import { Panel } from '../ui/panel.tsx'
import { EndpointName, OutcomeBadge } from '../ui/status-badges.tsx'
import { toCount, toPlural } from '../ui/words.ts'

type ToPath = (path: string) => string

const STANDING_ORDER: readonly CalledEndpoint['standing'][] = ['denied', 'would-deny', 'not-known', 'allowed']

interface StandingProps extends Pick<CalledEndpoint, 'standing'> {
  readonly short?: boolean
}

const Standing = ({ standing, short = false }: StandingProps) =>
  standing === 'not-known' ? (
    <Badge tone="outline" title="What was recorded does not tell what the rule would answer">
      Not known
    </Badge>
  ) : (
    <OutcomeBadge outcome={standing} short={short} />
  )

const Name = ({ row, toPath }: { readonly row: CalledEndpoint; readonly toPath: ToPath }) => (
  <Link
    href={toPath(`/endpoints/${row.endpointId}`)}
    prefetch={false}
    title={`${row.method} ${row.route} of ${row.serviceSlug}`}
    className="flex min-w-0 hover:underline"
  >
    <EndpointName method={row.method} route={row.route} wrap />
  </Link>
)

/** "12 of 340" where some are denied, else how many there were. */
const toRequestWords = ({ requests, wouldDeny }: CalledEndpoint): string =>
  wouldDeny === 0 ? toCount(requests) : `${toCount(wouldDeny)} of ${toCount(requests)}`

const toColumns = (toPath: ToPath): Column<CalledEndpoint>[] => [
  {
    id: 'endpoint',
    header: 'Endpoint',
    sortBy: ({ serviceSlug, route }) => `${serviceSlug} ${route}`,
    cell: (row) => (
      <>
        <Name row={row} toPath={toPath} />
        <span className="block pl-14 text-xs text-faint">{row.serviceSlug}</span>
      </>
    ),
    meta: { isRowHeader: true },
  },
  {
    id: 'standing',
    header: 'Verdict',
    sortBy: ({ standing }) => STANDING_ORDER.indexOf(standing),
    cell: (row) => <Standing standing={row.standing} short />,
    meta: { width: 120 },
  },
  {
    id: 'reasons',
    header: 'Reasons',
    cell: (row) => (row.reasons.length === 0 ? <span className="text-faint">none</span> : <ReasonBadges {...row} />),
    meta: { from: 'lg' },
  },
  {
    id: 'requests',
    header: 'Requests',
    sortBy: ({ wouldDeny, requests }) => wouldDeny * 1e9 + requests,
    sortDescFirst: true,
    cell: toRequestWords,
    meta: { width: 128, align: 'right' },
  },
]

const Narrow = ({ row, toPath }: { readonly row: CalledEndpoint; readonly toPath: ToPath }) => (
  <div className="flex min-w-0 flex-col gap-1 py-1.5">
    <Name row={row} toPath={toPath} />
    <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
      <Standing standing={row.standing} />
      <span className="tabular-nums">
        {row.wouldDeny === 0 ? toPlural(row.requests, 'request') : toRequestWords(row)}
      </span>
    </div>
    <div className="flex min-w-0 items-center gap-2 overflow-hidden text-xs text-muted">
      <span className="shrink-0">{row.serviceSlug}</span>
      <ReasonBadges {...row} />
    </div>
  </div>
)

/** Where it calls, and whether the present rules let it. */
export function CalledEndpoints({ clientId }: { readonly clientId: string }) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const [windowHours, setWindowHours] = useEvidenceWindow()
  const { data, error, refetch } = useQuery(identityEvidenceQuery(environment, clientId, windowHours))
  const [sort, setSort] = useState<Sort>({ column: 'standing', direction: 'asc' })
  const columns = useMemo(() => toColumns(toPath), [toPath])
  return (
    <Panel
      id="calls"
      title="Endpoints it calls"
      description="What the present rules make of its recorded requests. Of an endpoint that is off, it is not known who calls"
      actions={<WindowPicker hours={windowHours} onChange={setWindowHours} />}
      flush
    >
      <DataTable
        label="Endpoints it calls"
        columns={columns}
        rows={data?.endpoints}
        rowId={({ endpointId }) => endpointId}
        problem={error}
        onRetry={() => void refetch()}
        sort={sort}
        onSort={setSort}
        stickyTop="none"
        rowHeight={60}
        narrowRowHeight={104}
        loadingRows={4}
        narrow={(row) => <Narrow row={row} toPath={toPath} />}
        empty={
          <EmptyState title="It was not seen calling in this window">
            Endpoints appear here as soon as a request of it is evaluated: in log-only or in enforce.
          </EmptyState>
        }
      />
    </Panel>
  )
}
