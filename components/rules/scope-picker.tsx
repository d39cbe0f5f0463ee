'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Check, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { createScope, scopesQuery } from '#lib/client/scopes.ts'
import { ScopeName } from '#lib/contract/primitives.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useHasRole } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { Popover } from '../ui/popover.tsx'
import { toast } from '../ui/toast.ts'
import { toPlural } from '../ui/words.ts'

interface ScopePickerProps {
  readonly service: string
  readonly value: readonly string[]
  readonly onChange: (scopes: readonly string[]) => void
  readonly error?: string | undefined
}

const OPTION = 'flex min-h-8 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-hover'

const Chip = ({ scope, onRemove }: { readonly scope: string; readonly onRemove: () => void }) => (
  <li className="inline-flex h-7 items-center gap-1 rounded-md border border-line-strong bg-raised pl-2 font-mono text-xs">
    {scope}
    <button
      type="button"
      aria-label={`Take out ${scope}`}
      onClick={onRemove}
      className="inline-flex size-6 items-center justify-center rounded-md text-faint hover:text-text"
    >
      <X aria-hidden className="size-3.5" />
    </button>
  </li>
)

function ScopeOptions({
  service,
  value,
  onToggle,
}: {
  readonly service: string
  readonly value: readonly string[]
  readonly onToggle: (scope: string) => void
}) {
  const environment = useEnvironment()
  const [typed, setTyped] = useState('')
  const { data } = useQuery(scopesQuery(environment, service))
  const create = useMutation(createScope)
  const mayCreate = useHasRole('operator')
  const scopes = data?.items ?? []
  const name = typed.trim()
  const isNew = mayCreate && ScopeName.safeParse(name).success && !scopes.some((scope) => scope.name === name)
  const createNamed = () => {
    create.mutate(
      { body: { serviceSlug: service, name } },
      {
        onSuccess: (scope) => {
          onToggle(scope.name)
          setTyped('')
          toast.success(`Scope ${scope.name} exists now`, { description: 'Nobody holds it yet.' })
        },
        onError: (problem) => toast.error(problem.title, { description: problem.message }),
      },
    )
  }
  return (
    <Command label="Scopes" loop>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder="Search, or write resource:action"
        className="h-9 w-full border-b border-line bg-transparent px-3 font-mono text-xs outline-none"
      />
      <Command.List className="scroll-thin max-h-72 overflow-y-auto p-1">
        <Command.Empty className="px-3 py-4 text-muted">
          {scopes.length === 0
            ? `${service} owns no scope yet. Write one as resource:action.`
            : 'No such scope. Write a new one as resource:action.'}
        </Command.Empty>
        {scopes.map((scope) => (
          <Command.Item
            key={scope.id}
            value={scope.name}
            onSelect={() => {
              onToggle(scope.name)
            }}
            className={OPTION}
          >
            <Check aria-hidden className={classNames('size-4 shrink-0', !value.includes(scope.name) && 'invisible')} />
            <span className="min-w-0 flex-1 truncate font-mono text-xs">{scope.name}</span>
            <span className="text-xs text-faint">{toPlural(scope.holders.length, 'holder')}</span>
          </Command.Item>
        ))}
        {isNew && (
          <Command.Item value={name} forceMount onSelect={createNamed} className={OPTION}>
            <Plus aria-hidden className="size-4 shrink-0" />
            Create <span className="font-mono text-xs">{name}</span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  )
}

/** Scopes of the service; a missing one is created on the spot. */
export function ScopePicker({ service, value, onChange, error }: ScopePickerProps) {
  const toggle = (scope: string) => {
    onChange(value.includes(scope) ? value.filter((other) => other !== scope) : [...value, scope])
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-1.5">
        <ul aria-label="Scopes the token must carry" className="contents">
          {value.map((scope) => (
            <Chip
              key={scope}
              scope={scope}
              onRemove={() => {
                toggle(scope)
              }}
            />
          ))}
        </ul>
        <Popover
          label="Scopes"
          className="w-80 overflow-hidden"
          trigger={
            <Button size="sm" icon={Plus}>
              {value.length === 0 ? 'Add a scope' : 'Add'}
            </Button>
          }
        >
          <ScopeOptions service={service} value={value} onToggle={toggle} />
        </Popover>
      </div>
      {error !== undefined && (
        <p role="alert" className="text-xs text-denied">
          {error}
        </p>
      )}
    </div>
  )
}
