'use client'
import { useQuery } from '@tanstack/react-query'
import { Fingerprint, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { identitiesQuery } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { useCommands } from '../shell/commands.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ListSearch, LIST_SEARCH_ID } from '../ui/list-search.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { useGo } from '../ui/unsaved.ts'
import { hasWords, useListParams } from '../ui/use-list-params.ts'
import { NarrowIdentity, toIdentityColumns } from './identity-columns.tsx'

const IntegrationDialog = dynamic(async () => (await import('./identity-dialogs.tsx')).IntegrationDialog, {
  ssr: false,
})

const SHOWN = ['all', 'service', 'integration', 'attention'] as const
type Shown = (typeof SHOWN)[number]
const SHOWN_OPTIONS = [
  { value: 'all', label: 'All' },
  { value: 'service', label: 'Services' },
  { value: 'integration', label: 'Integrations' },
  { value: 'attention', label: 'Needs attention' },
] as const

const needsAttention = ({
  disabled,
  sharedCredential,
  unusedGrants,
  liveCredentials,
  tokenLifetimeSeconds,
}: IdentityPosture): boolean =>
  disabled || sharedCredential || unusedGrants > 0 || liveCredentials === 0 || (tokenLifetimeSeconds ?? 0) > 3_600

const isShown = (identity: IdentityPosture, shown: Shown): boolean =>
  shown === 'all' || (shown === 'attention' ? needsAttention(identity) : identity.kind === shown)

/** Everything that calls with a client_id of its own. */
export function IdentitiesPage() {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const go = useGo()
  const gate = useRoleGate('operator')
  const { q, setQ, sort, setSort, isNewOpen, openNew, closeNew } = useListParams({ column: 'name', direction: 'asc' })
  const [shown, setShown] = useQueryState('kind', parseAsStringLiteral(SHOWN).withDefault('all'))
  const { data, error, refetch } = useQuery(identitiesQuery(environment))
  const columns = useMemo(() => toIdentityColumns(toPath), [toPath])
  const rows = useMemo(
    () =>
      data?.items.filter(
        (identity) =>
          isShown(identity, shown) && hasWords(`${identity.clientId} ${identity.name} ${identity.description}`, q),
      ),
    [data, shown, q],
  )
  const isFiltered = q !== '' || shown !== 'all'
  useCommands(
    useMemo(
      () => [
        {
          id: 'create-integration',
          title: 'Create an integration',
          icon: Plus,
          shortcut: 'c',
          ...gate,
          run: () => {
            openNew('integration')
          },
        },
        {
          id: 'list-search',
          title: 'Search in this list',
          shortcut: 'f',
          run: () => {
            document.getElementById(LIST_SEARCH_ID)?.focus()
          },
        },
      ],
      // The setters of the address do the same at every rendering.
      [gate.disabledReason],
    ),
  )
  return (
    <>
      <PageHeader
        title="Identities"
        actions={
          <Button
            variant="primary"
            icon={Plus}
            onClick={() => {
              openNew('integration')
            }}
            {...gate}
          >
            Create integration
          </Button>
        }
      />
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <ListSearch label="Search identities" placeholder="client_id, name" value={q} onChange={setQ} />
          <Segmented
            label="Which identities"
            value={shown}
            options={SHOWN_OPTIONS}
            onChange={(next) => void setShown(next)}
          />
        </div>
        <div className="overflow-x-clip rounded-lg border border-line">
          <DataTable
            label="Identities"
            columns={columns}
            rows={rows}
            rowId={({ clientId }) => clientId}
            problem={error}
            onRetry={() => void refetch()}
            sort={sort}
            onSort={setSort}
            onOpen={({ clientId }) => {
              go(toPath(`/identities/${clientId}`))
            }}
            narrow={(identity) => <NarrowIdentity identity={identity} />}
            empty={
              isFiltered ? (
                <EmptyState
                  title="No identity fits the filter"
                  action={
                    <Button
                      onClick={() => {
                        setQ('')
                        void setShown(null)
                      }}
                    >
                      Clear the filter
                    </Button>
                  }
                />
              ) : (
                <EmptyState icon={Fingerprint} title="No identity yet">
                  The identity of a service comes with the service. Create an integration for a caller that is not one
                  of your services.
                </EmptyState>
              )
            }
          />
        </div>
      </div>
      {isNewOpen && gate.disabledReason === undefined && <IntegrationDialog onClose={closeNew} />}
    </>
  )
}
