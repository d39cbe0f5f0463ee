'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Link } from '../ui/link.tsx'
import { useState, type ReactNode } from 'react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import type { ScopePosture } from '#lib/client/object-types.ts'
import { scopesQuery } from '#lib/client/scopes.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { IconButton } from '../ui/button.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toDuration, toPlural } from '../ui/words.ts'
import { ScopeHolders } from './scope-holders.tsx'

const EditScopeDialog = dynamic(async () => (await import('./scope-dialog.tsx')).EditScopeDialog, { ssr: false })
const DeleteScopeDialog = dynamic(async () => (await import('./delete-scope-dialog.tsx')).DeleteScopeDialog, {
  ssr: false,
})

type Open = { readonly scope: ScopePosture; readonly what: 'edit' | 'delete' } | null

interface ScopeRowProps {
  readonly scope: ScopePosture
  readonly withService: boolean
  readonly onOpen: (what: 'edit' | 'delete') => void
}

function ScopeRow({ scope, withService, onOpen }: ScopeRowProps) {
  const toPath = useEnvironmentPath()
  const gate = useRoleGate('operator')
  return (
    <li className="grid gap-x-6 gap-y-2 px-4 py-3 lg:grid-cols-[18rem_minmax(0,1fr)_auto] lg:items-start">
      <div className="flex min-w-0 flex-col gap-0.5">
        <Link
          href={toPath(`/scopes/${scope.id}`)}
          prefetch={false}
          className="font-mono text-xs leading-7 font-medium break-all hover:underline"
        >
          {scope.name}
        </Link>
        <p className="text-xs text-muted">
          {withService && `${scope.serviceSlug} · `}
          {toPlural(scope.endpoints, 'endpoint')}
          {scope.tokenLifetimeSeconds !== null && ` · tokens live ${toDuration(scope.tokenLifetimeSeconds)}`}
        </p>
        {scope.description !== '' && <p className="text-xs text-muted">{scope.description}</p>}
      </div>
      <ScopeHolders scope={scope} />
      <div className="flex gap-1 max-lg:hidden">
        <IconButton
          icon={Pencil}
          label={`Edit ${scope.name}`}
          size="sm"
          onClick={() => {
            onOpen('edit')
          }}
          {...gate}
        />
        <IconButton
          icon={Trash2}
          label={`Delete ${scope.name}`}
          size="sm"
          onClick={() => {
            onOpen('delete')
          }}
          {...gate}
        />
      </div>
    </li>
  )
}

interface ScopeListProps {
  readonly scopes: readonly ScopePosture[] | undefined
  readonly problem: ApiProblem | null
  readonly onRetry: () => void
  readonly withService: boolean
  readonly empty: ReactNode
}

/** Scopes, each with everybody who holds it. */
export function ScopeList({ scopes, problem, onRetry, withService, empty }: ScopeListProps) {
  const environment = useEnvironment()
  const client = useQueryClient()
  const [open, setOpen] = useState<Open>(null)
  const close = () => {
    setOpen(null)
  }
  if (scopes === undefined)
    return (
      <div className="rounded-lg border border-line p-4">
        {problem === null ? <SkeletonLines lines={9} /> : <ProblemAlert problem={problem} onRetry={onRetry} />}
      </div>
    )
  return (
    <div className="rounded-lg border border-line bg-raised">
      {scopes.length === 0 ? (
        empty
      ) : (
        <ul className="divide-y divide-line">
          {scopes.map((scope) => (
            <ScopeRow
              key={scope.id}
              scope={scope}
              withService={withService}
              onOpen={(what) => {
                setOpen({ scope, what })
              }}
            />
          ))}
        </ul>
      )}
      {open?.what === 'edit' && (
        <EditScopeDialog
          scope={open.scope}
          onClose={close}
          onReload={() => void client.invalidateQueries({ queryKey: ['scopes', environment] })}
        />
      )}
      {open?.what === 'delete' && <DeleteScopeDialog scope={open.scope} onClose={close} />}
    </div>
  )
}

export function useScopes(service?: string) {
  const { data, error, refetch } = useQuery(scopesQuery(useEnvironment(), service))
  return { scopes: data?.items, problem: error, onRetry: () => void refetch() }
}
