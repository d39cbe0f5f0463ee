'use client'
import { Link } from '../ui/link.tsx'
import { useMemo, useState } from 'react'
import type { EvidenceReading } from '#lib/client/evidence.ts'
import type { CallerEvidence } from '#lib/client/object-types.ts'
import { isIdentityKind } from '#lib/policy/vocabulary.ts'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import type { Column, Sort } from '../ui/data-table/column.ts'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { KindIcon } from '../ui/status-badges.tsx'
import { CALLER_KIND_WORDS, toCount, toPlural } from '../ui/words.ts'
import { ReasonBadges } from './caller-list.tsx'

const hasPage = ({ caller: { kind } }: CallerEvidence): boolean => isIdentityKind(kind)

function CallerName({
  evidence,
  toPath,
}: {
  readonly evidence: CallerEvidence
  readonly toPath: (path: string) => string
}) {
  const { caller, workloads } = evidence
  return (
    <span
      className="flex min-w-0 items-center gap-2"
      title={workloads.length > 1 ? `Used by ${workloads.join(', ')}` : CALLER_KIND_WORDS[caller.kind]}
    >
      <KindIcon kind={caller.kind} />
      {hasPage(evidence) ? (
        <Link
          href={toPath(`/identities/${encodeURIComponent(caller.name)}`)}
          prefetch={false}
          className="truncate font-medium hover:underline"
        >
          {caller.name}
        </Link>
      ) : (
        <span className="truncate font-medium">{caller.name}</span>
      )}
      {workloads.length > 1 && <span className="shrink-0 text-xs text-log-only">{workloads.length} workloads</span>}
    </span>
  )
}

const WouldDeny = ({ count }: { readonly count: number }) =>
  count === 0 ? (
    <span className="text-faint">0</span>
  ) : (
    <span className="font-medium text-log-only">{toCount(count)}</span>
  )

const toColumns = (toPath: (path: string) => string): Column<CallerEvidence>[] => [
  {
    id: 'caller',
    header: 'Caller',
    sortBy: ({ caller }) => caller.name,
    cell: (row) => <CallerName evidence={row} toPath={toPath} />,
    meta: { isRowHeader: true },
  },
  {
    id: 'requests',
    header: 'Requests',
    sortBy: ({ requests }) => requests,
    cell: (row) => toCount(row.requests),
    sortDescFirst: true,
    meta: { width: 96, align: 'right' },
  },
  {
    id: 'would-deny',
    header: 'Would be denied',
    sortBy: ({ wouldDeny }) => wouldDeny,
    cell: (row) => <WouldDeny count={row.wouldDeny} />,
    sortDescFirst: true,
    meta: { width: 128, align: 'right' },
  },
  {
    id: 'reasons',
    header: 'Reasons',
    cell: (row) => <ReasonBadges reasons={row.reasons} />,
    meta: { width: 260, from: 'lg' },
  },
  {
    id: 'first',
    header: 'First seen',
    sortBy: ({ firstAt }) => firstAt,
    cell: (row) => <RelativeTime at={row.firstAt} />,
    meta: { width: 104, from: 'xl' },
  },
  {
    id: 'last',
    header: 'Last seen',
    sortBy: ({ lastAt }) => lastAt,
    cell: (row) => <RelativeTime at={row.lastAt} />,
    sortDescFirst: true,
    meta: { width: 104, from: 'md' },
  },
  {
    id: 'bucket',
    header: 'Enforced above',
    sortBy: ({ bucketPercent }) => bucketPercent ?? 101,
    cell: (row) =>
      row.bucketPercent === null ? (
        <span className="text-faint">{row.caller.kind === 'user' ? 'by person' : '100 % only'}</span>
      ) : (
        `${row.bucketPercent.toFixed(2)} %`
      ),
    meta: { width: 136, align: 'right', from: 'lg' },
  },
]

const Narrow = ({
  evidence,
  toPath,
}: {
  readonly evidence: CallerEvidence
  readonly toPath: (path: string) => string
}) => (
  <div className="flex min-w-0 flex-col gap-1">
    <CallerName evidence={evidence} toPath={toPath} />
    <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted tabular-nums">
      {toPlural(evidence.requests, 'request')}
      {evidence.wouldDeny > 0 && <span className="text-log-only">{toCount(evidence.wouldDeny)} would be denied</span>}
    </span>
  </div>
)

/** Everybody who called, and what the present rule makes of them. */
export function CallersPanel({ reading }: { readonly reading: EvidenceReading }) {
  const toPath = useEnvironmentPath()
  const { data, error, refetch } = reading
  const [sort, setSort] = useState<Sort>({ column: 'would-deny', direction: 'desc' })
  const columns = useMemo(() => toColumns(toPath), [toPath])
  return (
    <Panel
      id="callers"
      title="Callers"
      description="Stable by caller: raising the percent keeps those who were in"
      flush
    >
      <DataTable
        label="Callers"
        columns={columns}
        rows={data?.callers}
        rowId={({ caller }) => caller.key}
        problem={error}
        onRetry={() => void refetch()}
        sort={sort}
        onSort={setSort}
        stickyTop="none"
        loadingRows={4}
        narrow={(evidence) => <Narrow evidence={evidence} toPath={toPath} />}
        empty={
          <EmptyState title="Nobody was seen in this window">
            Callers appear here as soon as a request is evaluated: in log-only or in enforce.
          </EmptyState>
        }
      />
    </Panel>
  )
}
