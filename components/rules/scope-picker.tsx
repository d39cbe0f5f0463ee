'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Check, Plus } from 'lucide-react'
import { useState } from 'react'
import { createScope, scopesQuery } from '#lib/client/scopes.ts'
import { ScopeName } from '#lib/contract/primitives.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useHasRole } from '../shell/session-context.tsx'
import { ChosenField, toggled } from '../ui/chosen-field.tsx'
import { classNames } from '../ui/class-names.ts'
import { toast } from '../ui/toast.ts'
import { toPlural } from '../ui/words.ts'

interface ScopePickerProps {
  readonly service: string
  readonly value: readonly string[]
  readonly onChange: (scopes: readonly string[]) => void
  readonly error?: string | undefined
}

const OPTION = 'flex min-h-8 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-hover'

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

const toItem = (scope: string) => ({ value: scope, name: scope, shown: scope })

/** Scopes of the service; a missing one is created on the spot. */
export function ScopePicker({ service, value, onChange, error }: ScopePickerProps) {
  const toggle = (scope: string) => {
    onChange(toggled(value, scope))
  }
  return (
    <ChosenField
      label="Scopes"
      chosenLabel="Scopes the token must carry"
      addLabel="Add a scope"
      items={value.map(toItem)}
      onToggle={toggle}
      error={error}
      popoverClassName="w-80"
      chipClassName="font-mono"
    >
      <ScopeOptions service={service} value={value} onToggle={toggle} />
    </ChosenField>
  )
}
