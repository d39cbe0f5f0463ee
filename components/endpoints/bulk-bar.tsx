'use client'
import { ChevronDown, ListChecks, X } from 'lucide-react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { MODES, type Mode } from '#lib/policy/vocabulary.ts'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { ModeDot } from '../ui/status-badges.tsx'
import { MODE_WORDS, toPlural } from '../ui/words.ts'
import { MODE_KEYS } from './mode-keys.ts'

interface BulkBarProps {
  readonly endpoints: readonly Endpoint[]
  readonly onMode: (mode: Mode) => void
  readonly onRule: () => void
  readonly onClear: () => void
}

/** A rule names scopes of a service, so it can be given to endpoints of one service only. */
const ruleGate = (endpoints: readonly Endpoint[]) =>
  new Set(endpoints.map(({ serviceSlug }) => serviceSlug)).size > 1
    ? { disabledReason: 'Choose endpoints of one service: a rule names its scopes' }
    : {}

/** What can be done with the rows that are selected. */
export function BulkBar({ endpoints, onMode, onRule, onClear }: BulkBarProps) {
  const gate = useRoleGate('operator')
  return (
    <div
      role="region"
      aria-label="Selected endpoints"
      className="sticky bottom-4 z-20 mx-auto mt-4 flex w-fit max-w-full animate-appear flex-wrap items-center gap-2 rounded-xl bg-raised p-2 pl-4 shadow-float"
    >
      <span aria-live="polite" className="font-medium tabular-nums">
        {toPlural(endpoints.length, 'endpoint')} selected
      </span>
      <Menu
        align="start"
        trigger={
          <Button>
            Change mode
            <ChevronDown aria-hidden className="size-3.5 text-faint" />
          </Button>
        }
      >
        {MODES.map((mode) => (
          <MenuItem
            key={mode}
            shortcut={MODE_KEYS[mode]}
            onSelect={() => {
              onMode(mode)
            }}
          >
            <span className="flex items-center gap-2">
              <ModeDot mode={mode} />
              {MODE_WORDS[mode]}…
            </span>
          </MenuItem>
        ))}
      </Menu>
      <Button
        icon={ListChecks}
        onClick={onRule}
        {...gate}
        {...(gate.disabledReason === undefined ? ruleGate(endpoints) : {})}
      >
        Set rule
      </Button>
      <IconButton icon={X} label="Clear the selection" shortcut="Esc" onClick={onClear} />
    </div>
  )
}
