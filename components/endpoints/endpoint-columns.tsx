import { Link } from '../ui/link.tsx'
import type { Endpoint } from '#lib/client/object-types.ts'
import { BackToLogOnly } from '../mode-change/back-to-log-only.tsx'
import { RuleChips } from '../rules/rule-chips.tsx'
import type { Column } from '../ui/data-table/column.ts'
import { EndpointName, ReadinessBadge } from '../ui/status-badges.tsx'
import { toCount, toPlural } from '../ui/words.ts'
import { requestCount } from './endpoint-filter.ts'
import { ModeState } from './mode-state.tsx'
import { TrafficCell } from './traffic-cell.tsx'

interface ColumnOptions {
  readonly toPath: (path: string) => string
  readonly withService: boolean
}

const WouldDenyCallers = ({ count }: { readonly count: number }) =>
  count === 0 ? (
    <span className="text-faint">0</span>
  ) : (
    <span className="font-medium text-log-only tabular-nums">{toCount(count)}</span>
  )

const serviceColumn = (toPath: ColumnOptions['toPath']): Column<Endpoint> => ({
  id: 'service',
  header: 'Service',
  sortBy: ({ serviceSlug }) => serviceSlug,
  cell: (row) => (
    <Link
      href={toPath(`/services/${row.serviceSlug}`)}
      prefetch={false}
      tabIndex={-1}
      className="text-muted hover:text-text hover:underline"
    >
      {row.serviceName}
    </Link>
  ),
  meta: { width: 96 },
})

export function toEndpointColumns({ toPath, withService }: ColumnOptions): Column<Endpoint>[] {
  return [
    {
      id: 'route',
      header: 'Endpoint',
      sortBy: ({ route }) => route,
      cell: (row) => (
        <Link
          href={toPath(`/endpoints/${row.id}`)}
          prefetch={false}
          tabIndex={-1}
          title={`${row.method} ${row.route}`}
          className="flex min-w-0 hover:underline"
        >
          <EndpointName method={row.method} route={row.route} wrap />
        </Link>
      ),
      meta: { isRowHeader: true },
    },
    ...(withService ? [serviceColumn(toPath)] : []),
    {
      id: 'rule',
      header: 'Rule',
      cell: (row) => <RuleChips rule={row.rule} short />,
      meta: { width: 156, from: 'xl' },
    },
    {
      id: 'mode',
      header: 'Mode',
      sortBy: ({ mode }) => mode,
      cell: (row) => <ModeState endpoint={row} short />,
      meta: { width: 148 },
    },
    {
      id: 'requests',
      header: 'Requests 24 h',
      sortBy: requestCount,
      sortDescFirst: true,
      cell: (row) => <TrafficCell counts={row.last24Hours} />,
      meta: { width: 116, align: 'right' },
    },
    {
      id: 'would-deny',
      header: 'Denied callers',
      sortBy: ({ wouldDenyCallers }) => wouldDenyCallers,
      sortDescFirst: true,
      cell: (row) => <WouldDenyCallers count={row.wouldDenyCallers} />,
      meta: { width: 116, align: 'right', from: 'lg' },
    },
    {
      id: 'readiness',
      header: 'Readiness',
      cell: (row) => <ReadinessBadge readiness={row.readiness} />,
      meta: { width: 172, from: 'md' },
    },
    {
      id: 'actions',
      header: () => <span className="sr-only">Actions</span>,
      cell: (row) => (row.mode === 'enforce' ? <BackToLogOnly endpoints={[row]} /> : null),
      meta: { width: 48 },
    },
  ]
}

/** An endpoint on a phone. */
export const NarrowEndpoint = ({
  endpoint,
  toPath,
  withService,
}: ColumnOptions & {
  readonly endpoint: Endpoint
}) => (
  <div className="flex min-w-0 flex-col gap-1">
    <Link href={toPath(`/endpoints/${endpoint.id}`)} prefetch={false} tabIndex={-1} className="flex min-w-0">
      <EndpointName method={endpoint.method} route={endpoint.route} wrap />
    </Link>
    <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
      <ModeState endpoint={endpoint} short />
      <ReadinessBadge readiness={endpoint.readiness} />
    </div>
    <div className="flex min-w-0 items-center gap-2 text-xs text-muted empty:hidden">
      {withService && <span className="truncate">{endpoint.serviceName}</span>}
      {endpoint.wouldDenyCallers > 0 && (
        <span className="ml-auto shrink-0 font-medium text-log-only">
          {toPlural(endpoint.wouldDenyCallers, 'caller')} denied
        </span>
      )}
    </div>
  </div>
)
