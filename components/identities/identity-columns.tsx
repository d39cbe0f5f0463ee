import { TriangleAlert } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import type { Column } from '../ui/data-table/column.ts'
import { RelativeTime } from '../ui/relative-time.tsx'
import { KindBadge, KindIcon } from '../ui/status-badges.tsx'
import { toCount, toDuration } from '../ui/words.ts'

export function Lifetime({
  identity: { tokenLifetimeSeconds, tokenLifetimeReason },
}: {
  readonly identity: IdentityPosture
}) {
  if (tokenLifetimeSeconds === null) return <span className="text-faint">default</span>
  return (
    <span
      className={tokenLifetimeSeconds > 3_600 ? 'text-log-only' : undefined}
      title={tokenLifetimeReason ?? undefined}
    >
      {toDuration(tokenLifetimeSeconds)}
    </span>
  )
}

function Grants({ identity: { grants, unusedGrants } }: { readonly identity: IdentityPosture }) {
  return (
    <span className="tabular-nums">
      {toCount(grants)}
      {unusedGrants > 0 && <span className="text-log-only"> ({toCount(unusedGrants)} unused)</span>}
    </span>
  )
}

export function IdentityFlags({ identity }: { readonly identity: IdentityPosture }) {
  return (
    <>
      {identity.disabled && <Badge tone="denied">Disabled</Badge>}
      {identity.sharedCredential && (
        <Badge tone="log-only" title={`Used by ${identity.workloads.join(', ')}`}>
          <TriangleAlert aria-hidden className="size-3" />
          Shared credential
        </Badge>
      )}
      {identity.liveCredentials === 0 && <Badge tone="outline">No credential</Badge>}
    </>
  )
}

export const toIdentityColumns = (toPath: (path: string) => string): Column<IdentityPosture>[] => [
  {
    id: 'name',
    header: 'Identity',
    sortBy: ({ clientId }) => clientId,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        <KindIcon kind={row.kind} />
        <Link
          href={toPath(`/identities/${row.clientId}`)}
          prefetch={false}
          tabIndex={-1}
          className="truncate font-medium hover:underline"
        >
          {row.clientId}
        </Link>
        {row.name.toLowerCase() !== row.clientId && <span className="truncate text-muted">{row.name}</span>}
      </span>
    ),
    meta: { isRowHeader: true },
  },
  {
    id: 'flags',
    header: 'Attention',
    cell: (row) => (
      <span className="inline-flex gap-1">
        <IdentityFlags identity={row} />
      </span>
    ),
    meta: { width: 248, from: 'md' },
  },
  {
    id: 'kind',
    header: 'Kind',
    sortBy: ({ kind }) => kind,
    cell: (row) => <KindBadge kind={row.kind} />,
    meta: { width: 128, from: 'lg' },
  },
  {
    id: 'lifetime',
    header: 'Lifetime',
    sortBy: ({ tokenLifetimeSeconds }) => tokenLifetimeSeconds ?? 0,
    sortDescFirst: true,
    cell: (row) => <Lifetime identity={row} />,
    meta: { width: 96, align: 'right', from: 'md' },
  },
  {
    id: 'credentials',
    header: 'Credentials',
    sortBy: ({ liveCredentials }) => liveCredentials,
    cell: (row) => toCount(row.liveCredentials),
    meta: { width: 104, align: 'right', from: 'lg' },
  },
  {
    id: 'grants',
    header: 'Grants',
    sortBy: ({ unusedGrants, grants }) => unusedGrants * 1_000 + grants,
    sortDescFirst: true,
    cell: (row) => <Grants identity={row} />,
    meta: { width: 128, align: 'right' },
  },
  {
    id: 'used',
    header: 'Last used',
    sortBy: ({ lastUsedAt }) => lastUsedAt ?? '',
    sortDescFirst: true,
    cell: (row) => <RelativeTime at={row.lastUsedAt} className="text-muted" />,
    meta: { width: 112, align: 'right' },
  },
]

export const NarrowIdentity = ({ identity }: { readonly identity: IdentityPosture }) => (
  <div className="flex flex-col gap-1">
    <span className="flex min-w-0 items-center gap-2">
      <KindIcon kind={identity.kind} />
      <span className="truncate font-medium">{identity.clientId}</span>
    </span>
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
      <IdentityFlags identity={identity} />
      <span>
        <Grants identity={identity} /> grants
      </span>
    </span>
  </div>
)
