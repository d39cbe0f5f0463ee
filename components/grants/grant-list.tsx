'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus, Undo2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Link } from '../ui/link.tsx'
import { useMemo, useState, type ReactNode } from 'react'
import { grantsQuery } from '#lib/client/grants.ts'
import type { Grant } from '#lib/client/object-types.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import type { Column, Sort } from '../ui/data-table/column.ts'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { Panel } from '../ui/panel.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { KindIcon } from '../ui/status-badges.tsx'
import { GrantUse } from './grant-use.tsx'
import type { TakenGrant } from './use-take-back.ts'

const TakeBackDialog = dynamic(async () => (await import('./take-back-dialog.tsx')).TakeBackDialog, { ssr: false })
const GrantDialog = dynamic(async () => (await import('./grant-dialog.tsx')).GrantDialog, { ssr: false })

interface GrantListProps {
  readonly id: string
  readonly title: string
  readonly description: string
  /** Grants of an identity, or on the scopes of a service. */
  readonly filter: { readonly clientId: string } | { readonly service: string }
  readonly empty: ReactNode
}

export function TakeBack({ grant }: { readonly grant: TakenGrant }) {
  const gate = useRoleGate('operator')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        size="sm"
        variant="ghost"
        icon={Undo2}
        onClick={() => {
          setOpen(true)
        }}
        {...gate}
      >
        Take back
      </Button>
      {isOpen && (
        <TakeBackDialog
          grant={grant}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </>
  )
}

function Holder({ grant, toPath }: { readonly grant: Grant; readonly toPath: (path: string) => string }) {
  return (
    <Link
      href={toPath(`/identities/${grant.clientId}`)}
      prefetch={false}
      className="inline-flex max-w-full items-center gap-2 hover:underline"
    >
      <KindIcon kind={grant.identityKind} />
      <span className="truncate font-medium">{grant.clientId}</span>
    </Link>
  )
}

/** What was granted; why stands below it, by whom in its title. */
const GrantedScope = ({ grant: { scope, note, createdBy } }: { readonly grant: Grant }) => (
  <span className="flex min-w-0 flex-col" title={`${scope}, granted by ${createdBy}`}>
    <span className="truncate font-mono text-xs">{scope}</span>
    {note !== '' && <span className="truncate text-xs leading-4 text-muted">{note}</span>}
  </span>
)

function toColumns(toPath: (path: string) => string, withHolder: boolean): Column<Grant>[] {
  return [
    ...(withHolder
      ? [
          {
            id: 'holder',
            header: 'Holder',
            sortBy: ({ clientId }: Grant) => clientId,
            cell: (row: Grant) => <Holder grant={row} toPath={toPath} />,
            meta: { isRowHeader: true, width: 200 },
          },
        ]
      : []),
    {
      id: 'scope',
      header: 'Scope',
      sortBy: ({ scope }) => scope,
      cell: (row) => <GrantedScope grant={row} />,
      meta: { isRowHeader: !withHolder },
    },
    ...(withHolder
      ? []
      : [
          {
            id: 'service',
            header: 'Service',
            sortBy: ({ serviceSlug }: Grant) => serviceSlug,
            cell: (row: Grant) => (
              <Link
                href={toPath(`/services/${row.serviceSlug}`)}
                prefetch={false}
                className="text-muted hover:text-text hover:underline"
              >
                {row.serviceSlug}
              </Link>
            ),
            meta: { width: 124 },
          },
        ]),
    {
      id: 'use',
      header: 'Use',
      sortBy: ({ use, lastNeededAt }) => `${use === 'unused' ? '0' : '1'}${lastNeededAt ?? ''}`,
      cell: (row) => <GrantUse grant={row} />,
      meta: { width: 152 },
    },
    {
      id: 'expires',
      header: 'Expires',
      sortBy: ({ expiresAt }) => expiresAt ?? '9',
      cell: (row) => <RelativeTime at={row.expiresAt} />,
      meta: { width: 96, from: 'md' },
    },
    {
      id: 'created',
      header: 'Granted',
      sortBy: ({ createdAt }: Grant) => createdAt,
      cell: (row) => <RelativeTime at={row.createdAt} className="text-muted" />,
      meta: { width: 108, from: 'xl' },
    },
    {
      id: 'actions',
      header: () => <span className="sr-only">Actions</span>,
      cell: (row) => <TakeBack grant={row} />,
      meta: { width: 124, align: 'right' },
    },
  ]
}

const NarrowGrant = ({
  grant,
  withHolder,
  toPath,
}: {
  readonly grant: Grant
  readonly withHolder: boolean
  readonly toPath: (path: string) => string
}) => (
  <div className="flex items-center gap-2">
    <div className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="truncate font-mono text-xs">{grant.scope}</span>
      <span className="flex min-w-0 items-center gap-2 text-xs text-muted">
        {withHolder ? <Holder grant={grant} toPath={toPath} /> : grant.serviceSlug}
        <GrantUse grant={grant} />
      </span>
    </div>
    <TakeBack grant={grant} />
  </div>
)

/** Grants with whether they are needed; given and taken back in place. */
export function GrantList({ id, title, description, filter, empty }: GrantListProps) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const gate = useRoleGate('operator')
  const [isOpen, setOpen] = useState(false)
  const [sort, setSort] = useState<Sort>({ column: 'use', direction: 'asc' })
  const { data, error, refetch } = useQuery(grantsQuery(environment, filter))
  const withHolder = 'service' in filter
  const columns = useMemo(() => toColumns(toPath, withHolder), [toPath, withHolder])
  return (
    <Panel
      id={id}
      title={title}
      description={description}
      flush
      actions={
        <Button
          size="sm"
          icon={Plus}
          onClick={() => {
            setOpen(true)
          }}
          {...gate}
        >
          Grant a scope
        </Button>
      }
    >
      <DataTable
        label={title}
        columns={columns}
        rows={data?.items}
        rowId={(grant) => grant.id}
        problem={error}
        onRetry={() => void refetch()}
        sort={sort}
        onSort={setSort}
        stickyTop="none"
        loadingRows={3}
        narrow={(grant) => <NarrowGrant grant={grant} withHolder={withHolder} toPath={toPath} />}
        empty={empty}
      />
      {isOpen && (
        <GrantDialog
          {...filter}
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </Panel>
  )
}
