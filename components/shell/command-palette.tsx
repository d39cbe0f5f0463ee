'use client'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Globe, Keyboard, LogOut, Moon, Plus, Sun, type LucideIcon } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useDeferredValue, useRef, useState, type ReactNode } from 'react'
import { searchQuery } from '#lib/client/search.ts'
import { ModeBadge } from '@/components/ui/status-badges.tsx'
import { useGo } from '@/components/ui/unsaved.ts'
import { usePageCommands } from './commands.ts'
import { toEnvironmentPath, useEnvironment } from './environment-context.tsx'
import { NAVIGATION } from './navigation.ts'
import { RESULT_ICONS } from './result-icons.ts'
import { useHasRole } from './session-context.tsx'
import type { Environments } from './environments.ts'
import { signOut } from './sign-out.ts'
import { applyTheme } from './theme.ts'

interface CommandPaletteProps {
  readonly environments: Environments
  readonly onClose: () => void
  readonly onHelp: () => void
}

/** Finds any object, page or action by typing. */
export function CommandPalette({ environments, onClose, onHelp }: CommandPaletteProps) {
  const [words, setWords] = useState('')
  const [opener] = useState(() => document.activeElement)
  const chosen = useRef<(() => void) | null>(null)
  const then = (run: () => void) => () => {
    chosen.current = run
    onClose()
  }
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-overlay" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (opener instanceof HTMLElement) opener.focus()
            // What is chosen may take the focus, or open a dialog that gives it back.
            chosen.current?.()
          }}
          className="fixed inset-x-2 top-2 z-40 mx-auto max-w-xl animate-appear overflow-hidden rounded-xl bg-raised shadow-float outline-none sm:top-[14vh]"
        >
          <Radix.Title className="sr-only">Search and commands</Radix.Title>
          <Command label="Search and commands" loop>
            <Command.Input
              autoFocus
              value={words}
              onValueChange={setWords}
              placeholder="Search endpoints, services, identities, scopes, or type a command…"
              className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none"
            />
            <Command.List className="scroll-thin max-h-[min(60vh,26rem)] overflow-y-auto p-2">
              <Command.Empty className="px-2 py-8 text-center text-muted">Nothing found for “{words}”.</Command.Empty>
              <Results words={words} then={then} />
              <PageCommands then={then} />
              <Pages then={then} />
              <Creations then={then} />
              <Environments environments={environments} then={then} />
              <Group heading="Commands">
                <Item icon={Keyboard} title="Keyboard shortcuts" shortcut="?" onSelect={then(onHelp)} />
                <Item
                  icon={Sun}
                  title="Light theme"
                  onSelect={then(() => {
                    applyTheme('light')
                  })}
                />
                <Item
                  icon={Moon}
                  title="Dark theme"
                  onSelect={then(() => {
                    applyTheme('dark')
                  })}
                />
                <Item icon={LogOut} title="Sign out" onSelect={then(signOut)} />
              </Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface GroupProps {
  readonly then: (run: () => void) => () => void
}

function Results({ words, then }: GroupProps & { readonly words: string }) {
  const environment = useEnvironment()
  const go = useGo()
  const { data } = useQuery(searchQuery(environment, useDeferredValue(words.trim())))
  if (words.trim() === '' || data === undefined) return null
  return (
    <Group heading="Objects">
      {data.items.map(({ kind, id, title, subtitle, mode, path }) => (
        <Item
          key={`${kind} ${id}`}
          // The gateway found it: it matches whatever cmdk would think of it.
          value={`${words} ${kind} ${id}`}
          icon={RESULT_ICONS[kind]}
          title={
            <span className={kind === 'endpoint' || kind === 'scope' ? 'font-mono text-xs' : undefined}>{title}</span>
          }
          hint={subtitle}
          end={mode !== null && <ModeBadge mode={mode} />}
          onSelect={then(() => {
            go(toEnvironmentPath(environment, path))
          })}
        />
      ))}
    </Group>
  )
}

function PageCommands({ then }: GroupProps) {
  const commands = usePageCommands().filter(({ disabledReason }) => disabledReason === undefined)
  if (commands.length === 0) return null
  return (
    <Group heading="On this page">
      {commands.map(({ id, title, icon, shortcut, run }) => (
        <Item
          key={id}
          value={id}
          keywords={[title]}
          icon={icon}
          title={title}
          shortcut={shortcut}
          onSelect={then(run)}
        />
      ))}
    </Group>
  )
}

function Pages({ then }: GroupProps) {
  const environment = useEnvironment()
  const go = useGo()
  return (
    <Group heading="Go to">
      {NAVIGATION.map(({ label, path, icon, key }) => (
        <Item
          key={path}
          value={`go to ${label}`}
          icon={icon}
          title={label}
          shortcut={`g ${key}`}
          onSelect={then(() => {
            go(toEnvironmentPath(environment, path))
          })}
        />
      ))}
    </Group>
  )
}

const CREATIONS = [
  { title: 'Create a service', path: '/services?new=service' },
  { title: 'Create an integration', path: '/identities?new=identity' },
  { title: 'Create a scope', path: '/scopes?new=scope' },
  { title: 'Declare an endpoint', path: '/endpoints?new=endpoint' },
] as const

function Creations({ then }: GroupProps) {
  const environment = useEnvironment()
  const go = useGo()
  if (!useHasRole('operator')) return null
  return (
    <Group heading="Create">
      {CREATIONS.map(({ title, path }) => (
        <Item
          key={path}
          icon={Plus}
          title={title}
          onSelect={then(() => {
            go(toEnvironmentPath(environment, path))
          })}
        />
      ))}
    </Group>
  )
}

function Environments({ environments, then }: GroupProps & { readonly environments: Environments }) {
  const environment = useEnvironment()
  const go = useGo()
  const others = environments.filter(({ slug }) => slug !== environment)
  if (others.length === 0) return null
  return (
    <Group heading="Switch environment">
      {others.map(({ slug, name }) => (
        <Item
          key={slug}
          value={`environment ${slug} ${name}`}
          icon={Globe}
          title={name}
          onSelect={then(() => {
            go(toEnvironmentPath(slug, '/overview'))
          })}
        />
      ))}
    </Group>
  )
}

const Group = ({ heading, children }: { readonly heading: string; readonly children: ReactNode }) => (
  <Command.Group
    heading={heading}
    className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
  >
    {children}
  </Command.Group>
)

interface ItemProps {
  readonly value?: string
  readonly keywords?: string[]
  readonly icon: LucideIcon | undefined
  readonly title: ReactNode
  readonly hint?: string
  readonly end?: ReactNode
  readonly shortcut?: string | undefined
  readonly onSelect: () => void
}

const Item = ({ value, keywords, icon: Icon, title, hint, end, shortcut, onSelect }: ItemProps) => (
  <Command.Item
    {...(value === undefined ? {} : { value })}
    {...(keywords === undefined ? {} : { keywords })}
    onSelect={onSelect}
    className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 data-[selected=true]:bg-hover"
  >
    {Icon && <Icon aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />}
    <span className="min-w-0 flex-1 truncate">
      {title}
      {hint !== undefined && <span className="ml-2 text-muted">{hint}</span>}
    </span>
    {end}
    {shortcut !== undefined && <kbd className="text-xs text-faint">{shortcut}</kbd>}
  </Command.Item>
)
