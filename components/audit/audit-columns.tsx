import { Cog, Fingerprint, KeyRound, User } from 'lucide-react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import type { Column } from '@/components/ui/data-table/column.ts'
import { toDiffLines, type DiffLine } from '@/components/ui/diff-lines.ts'
import { RelativeTime } from '@/components/ui/relative-time.tsx'
import { toPlural } from '@/components/ui/words.ts'
import { toActionWords, toKindWords } from './audit-words.ts'

export type AuditEntry = RouteResponse<'listAuditEntries'>['items'][number]

const ACTOR_KINDS = {
  account: { icon: User, label: 'Account' },
  'api-token': { icon: KeyRound, label: 'API token' },
  system: { icon: Cog, label: 'System' },
  identity: { icon: Fingerprint, label: 'Identity' },
} as const

export function Actor({ entry: { actorKind, actorName } }: { readonly entry: AuditEntry }) {
  const { icon: Icon, label } = ACTOR_KINDS[actorKind]
  return (
    <span className="inline-flex max-w-full items-center gap-1.5">
      <Icon aria-label={label} className="size-3.5 shrink-0 text-faint" strokeWidth={1.75} />
      <span className="truncate">{actorName}</span>
    </span>
  )
}

/** The change in a line: one leaf as it was and is, or how many differ. */
export function ChangeWords({ entry: { before, after } }: { readonly entry: AuditEntry }) {
  const lines = toDiffLines(before, after)
  const [only] = lines
  if (only === undefined) return <span className="text-faint">no difference</span>
  return lines.length <= 2 ? (
    <Leaves lines={lines} />
  ) : (
    <span className="text-muted">
      {toPlural(lines.length, 'value')} {toVerb(before, after)}
    </span>
  )
}

const toVerb = (before: unknown, after: unknown): string =>
  before === null ? 'set' : after === null ? 'taken away' : 'changed'

const Leaves = ({ lines }: { readonly lines: readonly DiffLine[] }) => (
  <span className="font-mono text-xs">
    {lines.map(({ path, before, after }, index) => (
      <span key={path}>
        {index > 0 && ', '}
        <span className="text-muted">{path} </span>
        {toChange(before, after)}
      </span>
    ))}
  </span>
)

function toChange(before: string | null, after: string | null): string {
  if (before === null) return after ?? ''
  return after === null ? `${before} → none` : `${before} → ${after}`
}

export const AUDIT_COLUMNS: readonly Column<AuditEntry>[] = [
  {
    id: 'at',
    header: 'Time',
    meta: { width: 108 },
    cell: (row) => <RelativeTime at={row.at} className="text-muted tabular-nums" />,
  },
  {
    id: 'actorName',
    header: 'Actor',
    meta: { width: 168 },
    cell: (row) => <Actor entry={row} />,
  },
  {
    id: 'action',
    header: 'Action',
    meta: { width: 136, isRowHeader: true },
    cell: (row) => <span title={row.action}>{toActionWords(row.action)}</span>,
  },
  {
    id: 'targetName',
    header: 'Object',
    meta: { width: 320 },
    cell: (row) => <Target entry={row} />,
  },
  {
    id: 'change',
    header: 'Change',
    meta: { from: 'lg' },
    cell: (row) => <ChangeWords entry={row} />,
  },
  {
    id: 'environment',
    header: 'Environment',
    meta: { width: 104, from: 'xl' },
    cell: (row) => row.environment ?? <span className="text-faint">all</span>,
  },
  {
    id: 'reason',
    header: 'Reason',
    meta: { from: 'xl' },
    cell: (row) => <span className="text-muted">{row.reason}</span>,
  },
]

const Target = ({ entry: { targetKind, targetName } }: { readonly entry: AuditEntry }) => (
  <span title={targetName}>
    <span className="mr-2 text-xs text-faint">{toKindWords(targetKind)}</span>
    {targetName}
  </span>
)

export const NarrowEntry = ({ entry }: { readonly entry: AuditEntry }) => (
  <div className="space-y-0.5 py-1.5">
    <div className="flex items-baseline justify-between gap-2">
      <span className="truncate font-medium">{toActionWords(entry.action)}</span>
      <RelativeTime at={entry.at} className="shrink-0 text-xs text-muted" />
    </div>
    <div className="truncate">{entry.targetName}</div>
    <div className="flex text-xs text-muted">
      <Actor entry={entry} />
    </div>
  </div>
)
