'use client'
import { useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import { useState } from 'react'
import { instancesQuery } from '#lib/client/instances.ts'
import type { Instance } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Badge, type Tone } from '../ui/badge.tsx'
import type { Column, Sort } from '../ui/data-table/column.ts'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toCount } from '../ui/words.ts'
import { SdkSnippet } from './sdk-snippet.tsx'

const STATE_WORDS: Readonly<
  Record<Instance['state'], { readonly label: string; readonly detail: string; readonly tone: Tone }>
> = {
  fresh: { label: 'Fresh', detail: 'It applies the newest configuration it can reach.', tone: 'enforce' },
  stale: {
    label: 'Stale',
    detail: 'The control plane has not answered for a while: it decides as before.',
    tone: 'log-only',
  },
  static: {
    label: 'Static',
    detail: 'It started without the control plane, from the copy on its disk.',
    tone: 'log-only',
  },
  closed: { label: 'Closed', detail: 'It has no configuration: protected routes answer 503.', tone: 'denied' },
}

const State = ({ instance: { state, live } }: { readonly instance: Instance }) =>
  live ? (
    <Badge tone={STATE_WORDS[state].tone} title={STATE_WORDS[state].detail}>
      {STATE_WORDS[state].label}
    </Badge>
  ) : (
    <Badge tone="outline" title="Not heard of in the last 90 seconds">
      Gone
    </Badge>
  )

function Revision({ instance: { revision, publishedRevision, confirmed } }: { readonly instance: Instance }) {
  if (revision === null) return <span className="text-faint">none</span>
  return confirmed ? (
    <span className="tabular-nums">{revision}, confirmed</span>
  ) : (
    <span className="text-log-only tabular-nums">
      {revision}
      {publishedRevision !== null && ` of ${String(publishedRevision)}`}
    </span>
  )
}

const COLUMNS: Column<Instance>[] = [
  {
    id: 'hostname',
    header: 'Instance',
    sortBy: ({ hostname }) => hostname,
    cell: (row) => (
      <span>
        <span className="font-medium">{row.hostname}</span>{' '}
        <span className="font-mono text-xs text-faint">{row.address}</span>
      </span>
    ),
    meta: { isRowHeader: true },
  },
  {
    id: 'workload',
    header: 'Workload',
    sortBy: ({ workload }) => workload,
    cell: (row) => row.workload,
    meta: { width: 132, from: 'lg' },
  },
  {
    id: 'state',
    header: 'State',
    sortBy: ({ live, state }) => `${live ? '0' : '1'}${state}`,
    cell: (row) => <State instance={row} />,
    meta: { width: 88 },
  },
  {
    id: 'revision',
    header: 'Revision',
    sortBy: ({ confirmed, revision }) => (confirmed ? 1e9 : (revision ?? -1)),
    cell: (row) => <Revision instance={row} />,
    meta: { width: 132 },
  },
  {
    id: 'sdk',
    header: 'SDK',
    sortBy: ({ sdkVersion }) => sdkVersion,
    cell: (row) => <span title={`Node ${row.nodeVersion}`}>{row.sdkVersion}</span>,
    meta: { width: 84, from: 'md' },
  },
  {
    id: 'framework',
    header: 'Framework',
    sortBy: ({ framework }) => framework,
    cell: (row) => <span className="text-muted">{row.framework}</span>,
    meta: { width: 124, from: 'lg' },
  },
  {
    id: 'dropped',
    header: 'Dropped',
    sortBy: ({ dropped }) => dropped,
    sortDescFirst: true,
    cell: (row) =>
      row.dropped === 0 ? (
        <span className="text-faint">0</span>
      ) : (
        <span className="text-log-only">{toCount(row.dropped)}</span>
      ),
    meta: { width: 92, align: 'right', from: 'md' },
  },
  {
    id: 'started',
    header: 'Started',
    sortBy: ({ startedAt }) => startedAt,
    sortDescFirst: true,
    cell: (row) => <RelativeTime at={row.startedAt} className="text-muted" />,
    meta: { width: 104, from: 'xl' },
  },
  {
    id: 'seen',
    header: 'Last heard',
    sortBy: ({ lastSeenAt }) => lastSeenAt,
    sortDescFirst: true,
    cell: (row) => <RelativeTime at={row.lastSeenAt} className="text-muted" />,
    meta: { width: 104, from: 'md' },
  },
]

const NarrowInstance = ({ instance }: { readonly instance: Instance }) => (
  <div className="flex flex-col gap-1">
    <span className="flex items-center justify-between gap-2">
      <span className="truncate font-medium">{instance.hostname}</span>
      <State instance={instance} />
    </span>
    <span className="flex items-center gap-3 text-xs text-muted">
      <span>
        Revision <Revision instance={instance} />
      </span>
      <span>{instance.framework}</span>
      {instance.dropped > 0 && <span className="text-log-only">{toCount(instance.dropped)} dropped</span>}
    </span>
  </div>
)

/** Running processes with the SDK and what each of them confirms. */
export function InstanceList({ service }: { readonly service: string }) {
  const environment = useEnvironment()
  const { data, error, refetch } = useQuery(instancesQuery(environment, service))
  const [sort, setSort] = useState<Sort>({ column: 'revision', direction: 'asc' })
  return (
    <div className="overflow-x-clip rounded-lg border border-line">
      <DataTable
        label="Instances"
        columns={COLUMNS}
        rows={data?.items}
        rowId={({ id }) => id}
        problem={error}
        onRetry={() => void refetch()}
        sort={sort}
        onSort={setSort}
        loadingRows={4}
        narrow={(instance) => <NarrowInstance instance={instance} />}
        empty={
          <>
            <EmptyState icon={Server} title="No instance has been heard of">
              Start the service with its credential and these lines. It then appears here and confirms each revision.
            </EmptyState>
            <div className="mx-auto max-w-xl px-4 pb-8">
              <SdkSnippet />
            </div>
          </>
        }
      />
    </div>
  )
}
