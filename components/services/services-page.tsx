'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus, Server } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo } from 'react'
import { servicesQuery } from '#lib/client/services.ts'
import { useCommands } from '../shell/commands.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ListSearch, LIST_SEARCH_ID } from '../ui/list-search.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { useGo } from '../ui/unsaved.ts'
import { hasWords, useListParams } from '../ui/use-list-params.ts'
import { NarrowService, toServiceColumns } from './service-columns.tsx'

const ServiceDialog = dynamic(async () => (await import('./service-dialog.tsx')).ServiceDialog, { ssr: false })

/** Services with their posture. */
export function ServicesPage() {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const go = useGo()
  const gate = useRoleGate('operator')
  const { q, setQ, sort, setSort, isNewOpen, openNew, closeNew } = useListParams({ column: 'name', direction: 'asc' })
  const { data, error, refetch } = useQuery(servicesQuery(environment))
  const columns = useMemo(() => toServiceColumns(toPath), [toPath])
  const rows = useMemo(
    () => data?.items.filter(({ name, slug, team }) => hasWords(`${name} ${slug} ${team}`, q)),
    [data, q],
  )
  const create = () => {
    openNew('service')
  }
  useCommands(
    useMemo(
      () => [
        {
          id: 'create-service',
          title: 'Create a service',
          icon: Plus,
          shortcut: 'c',
          ...gate,
          run: () => {
            openNew('service')
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
  const button = (
    <Button variant="primary" icon={Plus} onClick={create} {...gate}>
      Create service
    </Button>
  )
  return (
    <>
      <PageHeader title="Services" actions={button} />
      <div className="flex flex-col gap-3">
        <ListSearch label="Search services" placeholder="Name, slug, team" value={q} onChange={setQ} />
        <div className="overflow-x-clip rounded-lg border border-line">
          <DataTable
            label="Services"
            columns={columns}
            rows={rows}
            rowId={({ slug }) => slug}
            problem={error}
            onRetry={() => void refetch()}
            sort={sort}
            onSort={setSort}
            onOpen={({ slug }) => {
              go(toPath(`/services/${slug}`))
            }}
            narrow={(service) => <NarrowService service={service} />}
            empty={
              q === '' ? (
                <EmptyState icon={Server} title="No service yet" action={button}>
                  Create the first one, give it a credential and add three lines to its code. Its endpoints then appear
                  by themselves.
                </EmptyState>
              ) : (
                <EmptyState
                  title="No service fits these words"
                  action={
                    <Button
                      onClick={() => {
                        setQ('')
                      }}
                    >
                      Clear the search
                    </Button>
                  }
                />
              )
            }
          />
        </div>
      </div>
      {isNewOpen && gate.disabledReason === undefined && <ServiceDialog onClose={closeNew} />}
    </>
  )
}
