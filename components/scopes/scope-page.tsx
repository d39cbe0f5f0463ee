'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Link } from '../ui/link.tsx'
import { notFound, useRouter } from 'next/navigation'
import { useState } from 'react'
import { endpointsQuery } from '#lib/client/endpoints.ts'
import type { ScopePosture } from '#lib/client/object-types.ts'
import { scopeQuery } from '#lib/client/scopes.ts'
import { ModeState } from '../endpoints/mode-state.tsx'
import { ObjectHistory } from '../history/object-history.tsx'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'
import { EndpointName } from '../ui/status-badges.tsx'
import { toDuration } from '../ui/words.ts'
import { ScopeHolders } from './scope-holders.tsx'

const EditScopeDialog = dynamic(async () => (await import('./scope-dialog.tsx')).EditScopeDialog, { ssr: false })
const DeleteScopeDialog = dynamic(async () => (await import('./delete-scope-dialog.tsx')).DeleteScopeDialog, {
  ssr: false,
})

/** Endpoints whose rule needs the scope. */
function NeededBy({ scope }: { readonly scope: ScopePosture }) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const { data } = useQuery(endpointsQuery(environment, { service: [scope.serviceSlug] }))
  const endpoints = data?.items.filter(({ requiredScopes }) => requiredScopes.includes(scope.name))
  return (
    <Panel id="needed-by" title="Endpoints that need it" flush>
      {endpoints === undefined ? (
        <div className="p-4">
          <SkeletonLines lines={3} />
        </div>
      ) : endpoints.length === 0 ? (
        <EmptyState title="No rule needs it">
          Put it into the rule of an endpoint of {scope.serviceSlug}; until then holding it changes nothing.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {endpoints.map((endpoint) => (
            <li key={endpoint.id}>
              <Link
                href={toPath(`/endpoints/${endpoint.id}`)}
                prefetch={false}
                className="flex min-h-10 flex-wrap items-center justify-between gap-2 px-4 py-1 hover:bg-hover"
              >
                <EndpointName method={endpoint.method} route={endpoint.route} />
                <ModeState endpoint={endpoint} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

export function ScopePage({ id }: { readonly id: string }) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const router = useRouter()
  const client = useQueryClient()
  const gate = useRoleGate('operator')
  const { data: scope, error, refetch } = useQuery(scopeQuery(environment, id))
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null)
  const close = () => {
    setDialog(null)
  }
  if (error?.status === 404 || error?.status === 400 || error?.status === 422) notFound()
  if (scope === undefined) {
    return (
      <>
        <PageHeader parent={{ label: 'Scopes', href: toPath('/scopes') }} title="Scope" />
        {error === null ? (
          <Skeleton className="h-96" />
        ) : (
          <ProblemAlert problem={error} onRetry={() => void refetch()} />
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        parent={{ label: 'Scopes', href: toPath('/scopes') }}
        title={<span className="font-mono text-lg">{scope.name}</span>}
        description={
          <span className="flex flex-wrap gap-x-3">
            <Link href={toPath(`/services/${scope.serviceSlug}`)} className="hover:text-text hover:underline">
              {scope.serviceSlug}
            </Link>
            <span>
              {scope.tokenLifetimeSeconds === null
                ? 'No lifetime of its own'
                : `Tokens with it live ${toDuration(scope.tokenLifetimeSeconds)} at most`}
            </span>
            {scope.description !== '' && <span>{scope.description}</span>}
          </span>
        }
        actions={
          <>
            <Button
              icon={Pencil}
              onClick={() => {
                setDialog('edit')
              }}
              {...gate}
            >
              Edit
            </Button>
            <Button
              icon={Trash2}
              variant="danger"
              onClick={() => {
                setDialog('delete')
              }}
              {...gate}
            >
              Delete
            </Button>
          </>
        }
      />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Panel
          id="holders"
          title="Who holds it"
          description="A dashed frame: no request of the last 30 days needed the grant"
        >
          <ScopeHolders scope={scope} />
        </Panel>
        <NeededBy scope={scope} />
        <ObjectHistory concerns={{ targetKind: 'scope', targetId: scope.id }} />
      </div>
      {dialog === 'edit' && (
        <EditScopeDialog
          scope={scope}
          onClose={close}
          onReload={() => void client.invalidateQueries({ queryKey: ['scopes', environment] })}
        />
      )}
      {dialog === 'delete' && (
        <DeleteScopeDialog
          scope={scope}
          onClose={close}
          onDeleted={() => {
            router.push(toPath('/scopes'))
          }}
        />
      )}
    </>
  )
}
