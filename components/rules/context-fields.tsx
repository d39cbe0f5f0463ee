'use client'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { toPlural } from '../ui/words.ts'
import { AutonomousSystemField } from './autonomous-system-field.tsx'
import { CountryField } from './country-field.tsx'
import { RateField } from './rate-field.tsx'
import { RequirementSection } from './requirement-section.tsx'
import { findRequirement, type RuleRequirement } from './rule-summary.ts'
import { SignalField } from './signal-field.tsx'
import type { RuleDraft } from './use-rule-draft.ts'

const CONTEXT_KINDS: readonly RuleRequirement['kind'][] = [
  'country',
  'autonomous-system',
  'known-device',
  'rate',
  'signals',
]
const RATE_DEFAULT = { kind: 'rate', requestsMax: 60, windowSeconds: 60 } as const

function Sections({ draft: { rule, set, errorOf } }: { readonly draft: RuleDraft }) {
  const country = findRequirement(rule, 'country')
  const system = findRequirement(rule, 'autonomous-system')
  const device = findRequirement(rule, 'known-device')
  const rate = findRequirement(rule, 'rate')
  const signals = findRequirement(rule, 'signals')
  return (
    <div className="mt-3 flex flex-col gap-4">
      <RequirementSection
        label="Countries"
        detail="The caller's address lies in one of these countries. An address whose country is not known is refused."
        isOn={country !== undefined}
        onToggle={(isOn) => {
          set('country', isOn ? { kind: 'country', anyOf: [] } : null)
        }}
      >
        <CountryField
          value={country?.anyOf ?? []}
          error={errorOf('country')}
          onChange={(anyOf) => {
            set('country', { kind: 'country', anyOf: [...anyOf] })
          }}
        />
      </RequirementSection>
      <RequirementSection
        label="Autonomous systems"
        detail="The caller's address belongs to one of these operators of networks."
        isOn={system !== undefined}
        onToggle={(isOn) => {
          set('autonomous-system', isOn ? { kind: 'autonomous-system', anyOf: [] } : null)
        }}
      >
        <AutonomousSystemField
          numbers={system?.anyOf ?? []}
          error={errorOf('autonomous-system')}
          onChange={(anyOf) => {
            set('autonomous-system', { kind: 'autonomous-system', anyOf })
          }}
        />
      </RequirementSection>
      <RequirementSection
        label="Known device"
        detail="The caller uses a device that was accepted for it: in a denied decision, or on the page of the identity."
        isOn={device !== undefined}
        onToggle={(isOn) => {
          set('known-device', isOn ? { kind: 'known-device' } : null)
        }}
      />
      <RequirementSection
        label="Rate"
        detail="One caller sends at most so many requests to this endpoint. Each instance counts what it receives itself."
        isOn={rate !== undefined}
        onToggle={(isOn) => {
          set('rate', isOn ? RATE_DEFAULT : null)
        }}
      >
        <RateField
          rate={rate ?? RATE_DEFAULT}
          errorOf={(member) => errorOf('rate', member)}
          onChange={(changed) => {
            set('rate', { kind: 'rate', ...changed })
          }}
        />
      </RequirementSection>
      <RequirementSection
        label="Signals"
        detail="What is unusual about a request without being wrong. What is chosen here is refused."
        isOn={signals !== undefined}
        onToggle={(isOn) => {
          set('signals', isOn ? { kind: 'signals', noneOf: [] } : null)
        }}
      >
        <SignalField
          value={signals?.noneOf ?? []}
          error={errorOf('signals')}
          onChange={(noneOf) => {
            set('signals', { kind: 'signals', noneOf })
          }}
        />
      </RequirementSection>
    </div>
  )
}

/** What may be asked of the circumstances of a request; closed until something is, because most rules need none of it. */
export function ContextFields({ draft }: { readonly draft: RuleDraft }) {
  const asked = draft.rule.requirements.filter(({ kind }) => CONTEXT_KINDS.includes(kind)).length
  const [isOpen, setOpen] = useState(asked > 0)
  return (
    <details
      open={isOpen}
      onToggle={(event) => {
        setOpen(event.currentTarget.open)
      }}
      className="group border-t border-line pt-3"
    >
      <summary className="flex cursor-pointer list-none items-start gap-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="mt-0.5 size-4 shrink-0 text-faint transition-transform group-open:rotate-90"
        />
        <span>
          <span className="font-medium">Context</span>
          {asked > 0 && <span className="ml-2 text-xs text-muted">{toPlural(asked, 'requirement')}</span>}
          <span className="block text-xs text-muted">
            Where a request comes from, from which device, how often, and whether it is unusual.
          </span>
        </span>
      </summary>
      {isOpen && <Sections draft={draft} />}
    </details>
  )
}
