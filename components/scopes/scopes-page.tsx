'use client'
import { KeyRound, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import type { ScopePosture } from '#lib/client/object-types.ts'
import { FilterMenu } from '../ui/filters/filter-menu.tsx'
import { useCommands } from '../shell/commands.ts'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ListSearch, LIST_SEARCH_ID } from '../ui/list-search.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { hasWords } from '../ui/use-list-params.ts'
import { toPlural } from '../ui/words.ts'
import { ScopeList, useScopes } from './scope-list.tsx'

const NewScopeDialog = dynamic(async () => (await import('./scope-dialog.tsx')).NewScopeDialog, { ssr: false })

const HELD = ['all', 'unused', 'nobody'] as const
const HELD_OPTIONS = [
  { value: 'all', label: 'All' },
  { value: 'unused', label: 'With unused grants' },
  { value: 'nobody', label: 'Held by nobody' },
] as const

const PARSERS = {
  q: parseAsString.withDefault(''),
  service: parseAsArrayOf(parseAsString).withDefault([]),
  held: parseAsStringLiteral(HELD).withDefault('all'),
  new: parseAsString,
}

function isHeld({ holders }: ScopePosture, held: (typeof HELD)[number]): boolean {
  if (held === 'all') return true
  return held === 'nobody' ? holders.length === 0 : holders.some(({ use }) => use === 'unused')
}

const wordsOf = ({ name, serviceSlug, description, holders }: ScopePosture): string =>
  `${name} ${serviceSlug} ${description} ${holders.map(({ clientId }) => clientId).join(' ')}`

/** Every scope and who holds it. */
export function ScopesPage() {
  const gate = useRoleGate('operator')
  const [params, setParams] = useQueryStates(PARSERS)
  const { scopes, ...rest } = useScopes()
  const { q, service, held } = params
  const shown = useMemo(
    () =>
      scopes?.filter(
        (scope) =>
          isHeld(scope, held) &&
          (service.length === 0 || service.includes(scope.serviceSlug)) &&
          hasWords(wordsOf(scope), q),
      ),
    [scopes, held, service, q],
  )
  const services = useMemo(
    () => [...new Set(scopes?.map(({ serviceSlug }) => serviceSlug))].sort().map((value) => ({ value, label: value })),
    [scopes],
  )
  const openNew = () => void setParams({ new: 'scope' })
  useCommands(
    useMemo(
      () => [
        { id: 'create-scope', title: 'Create a scope', icon: Plus, shortcut: 'c', ...gate, run: openNew },
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
  const unused =
    scopes?.reduce((sum, { holders }) => sum + holders.filter(({ use }) => use === 'unused').length, 0) ?? 0
  return (
    <>
      <PageHeader
        title="Scopes"
        description={
          scopes &&
          `${toPlural(scopes.length, 'scope')}${unused > 0 ? `; ${toPlural(unused, 'grant')} not needed in the last 30 days` : ''}`
        }
        actions={
          <Button variant="primary" icon={Plus} onClick={openNew} {...gate}>
            Create scope
          </Button>
        }
      />
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <ListSearch
            label="Search scopes"
            placeholder="Scope, service, holder"
            value={q}
            onChange={(next) => void setParams({ q: next })}
          />
          <FilterMenu
            label="Service"
            options={services}
            value={service}
            onChange={(next) => void setParams({ service: [...next] })}
          />
          <Segmented
            label="Who holds them"
            value={held}
            options={HELD_OPTIONS}
            onChange={(next) => void setParams({ held: next })}
          />
        </div>
        <ScopeList
          {...rest}
          scopes={shown}
          withService
          empty={
            scopes?.length === 0 ? (
              <EmptyState icon={KeyRound} title="No scope yet">
                Create one for each thing callers may do at a service, as resource:action.
              </EmptyState>
            ) : (
              <EmptyState
                title="No scope fits the filter"
                action={
                  <Button onClick={() => void setParams({ q: null, service: null, held: null })}>
                    Clear the filter
                  </Button>
                }
              />
            )
          }
        />
      </div>
      {params.new !== null && gate.disabledReason === undefined && (
        <NewScopeDialog onClose={() => void setParams({ new: null })} />
      )}
    </>
  )
}
