import { Link } from '../ui/link.tsx'
import type { ServicePosture } from '#lib/client/object-types.ts'
import { TrafficCell } from '../endpoints/traffic-cell.tsx'
import type { Column } from '../ui/data-table/column.ts'
import { toCount } from '../ui/words.ts'
import { endpointCount, PostureBar } from './posture-bar.tsx'

const enforcedShare = ({ endpoints }: ServicePosture): number =>
  endpoints.enforce / Math.max(1, endpointCount(endpoints))
const requests = ({ last24Hours }: ServicePosture): number =>
  last24Hours.allowed + last24Hours.denied + last24Hours['would-deny'] + last24Hours.unevaluated
const denials = ({ last24Hours }: ServicePosture): number => last24Hours.denied + last24Hours['would-deny']

export function Instances({ instances: { live, confirmed } }: Pick<ServicePosture, 'instances'>) {
  if (live === 0) return <span className="text-faint">none live</span>
  return (
    <span className={confirmed < live ? 'text-log-only tabular-nums' : 'tabular-nums'}>
      {confirmed < live ? `${toCount(confirmed)} of ${toCount(live)} confirmed` : `${toCount(live)} confirmed`}
    </span>
  )
}

function Denials({ service: { last24Hours } }: { readonly service: ServicePosture }) {
  const { denied, 'would-deny': wouldDeny } = last24Hours
  if (denied === 0 && wouldDeny === 0) return <span className="text-faint">0</span>
  return (
    <span className="inline-flex gap-2">
      {wouldDeny > 0 && (
        <span className="text-log-only" title="Would have been denied">
          {toCount(wouldDeny)}
          <span className="sr-only"> would have been denied</span>
        </span>
      )}
      {denied > 0 && (
        <span className="text-denied" title="Denied">
          {toCount(denied)}
          <span className="sr-only"> denied</span>
        </span>
      )}
    </span>
  )
}

export const toServiceColumns = (toPath: (path: string) => string): Column<ServicePosture>[] => [
  {
    id: 'name',
    header: 'Service',
    sortBy: ({ name }) => name.toLowerCase(),
    cell: (row) => (
      <Link href={toPath(`/services/${row.slug}`)} prefetch={false} tabIndex={-1} className="hover:underline">
        <span className="font-medium">{row.name}</span>{' '}
        {row.name.toLowerCase() !== row.slug && <span className="font-mono text-xs text-faint">{row.slug}</span>}
      </Link>
    ),
    meta: { isRowHeader: true },
  },
  {
    id: 'team',
    header: 'Team',
    sortBy: ({ team }) => team.toLowerCase(),
    cell: (row) => <span className="text-muted">{row.team}</span>,
    meta: { width: 144, from: 'lg' },
  },
  {
    id: 'posture',
    header: 'Endpoints',
    sortBy: enforcedShare,
    cell: (row) => <PostureBar modes={row.endpoints} />,
    meta: { width: 264 },
  },
  {
    id: 'instances',
    header: 'Instances',
    sortBy: ({ instances }) => instances.confirmed - instances.live,
    cell: (row) => <Instances instances={row.instances} />,
    meta: { width: 144, from: 'md' },
  },
  {
    id: 'requests',
    header: 'Requests 24 h',
    sortBy: requests,
    sortDescFirst: true,
    cell: (row) => <TrafficCell counts={row.last24Hours} />,
    meta: { width: 132, align: 'right' },
  },
  {
    id: 'denials',
    header: 'Denials 24 h',
    sortBy: denials,
    sortDescFirst: true,
    cell: (row) => <Denials service={row} />,
    meta: { width: 132, align: 'right', from: 'lg' },
  },
]

export const NarrowService = ({ service }: { readonly service: ServicePosture }) => (
  <div className="flex min-w-0 flex-col gap-1">
    <span className="flex items-baseline justify-between gap-2">
      <span className="truncate font-medium">{service.name}</span>
      <span className="shrink-0 text-xs text-muted">
        <Instances instances={service.instances} />
      </span>
    </span>
    <PostureBar modes={service.endpoints} />
  </div>
)
