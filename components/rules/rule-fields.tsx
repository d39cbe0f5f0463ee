'use client'
import type { UseFormReturn } from 'react-hook-form'
import type { Rule } from '#lib/client/object-types.ts'
import { SENDER_CONSTRAINTS } from '#lib/policy/vocabulary.ts'
import type { TokenAges } from '../evidence/token-age.ts'
import { Checkbox } from '../ui/checkbox.tsx'
import { FieldError } from '../ui/field.tsx'
import { ConditionField } from './condition-field.tsx'
import { ContextFields } from './context-fields.tsx'
import { MaxAgeField } from './max-age-field.tsx'
import { NetworkField } from './network-field.tsx'
import { RequirementSection } from './requirement-section.tsx'
import { findRequirement, SENDER_WORDS } from './rule-summary.ts'
import { ScopePicker } from './scope-picker.tsx'
import { useRuleDraft } from './use-rule-draft.ts'

interface RuleFieldsProps {
  readonly form: UseFormReturn<Rule, unknown, Rule>
  readonly service: string
  /** How old tokens were at use, for the age beside it. */
  readonly tokenAges?: TokenAges | undefined
}

const MAX_AGE_DEFAULT_SECONDS = 900
const SENDERS = SENDER_CONSTRAINTS.filter((sender) => sender !== 'none')

const ACCESS_OPTIONS = [
  { value: 'token', label: 'A valid token', detail: 'For this service, and everything below.' },
  { value: 'public', label: 'Public', detail: 'Anyone may call, with or without a token.' },
] as const

function AccessChoice({
  value,
  onChange,
}: {
  readonly value: Rule['access']
  readonly onChange: (access: Rule['access']) => void
}) {
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2">
      <legend className="mb-1 font-medium">Access</legend>
      {ACCESS_OPTIONS.map((option) => (
        <label
          key={option.value}
          className="rounded-lg border border-line-strong px-3 py-2 transition-colors hover:bg-hover has-checked:border-text has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:outline-focus"
        >
          <input
            type="radio"
            name="access"
            className="sr-only"
            checked={value === option.value}
            onChange={() => {
              onChange(option.value)
            }}
          />
          <span className="font-medium">{option.label}</span>
          <span className="block text-xs text-muted">{option.detail}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** A rule as a form. Only what the schema of the API accepts leaves it. */
export function RuleFields({ form, service, tokenAges }: RuleFieldsProps) {
  const draft = useRuleDraft(form)
  const { rule, set, setAccess, errorOf } = draft
  const scopes = findRequirement(rule, 'scopes')
  const age = findRequirement(rule, 'max-token-age')
  const sender = findRequirement(rule, 'sender-constraint')
  const network = findRequirement(rule, 'network')
  const condition = findRequirement(rule, 'condition')
  return (
    <div className="flex flex-col gap-4">
      <AccessChoice value={rule.access} onChange={setAccess} />
      {rule.access === 'token' && (
        <>
          <RequirementSection
            label="Scopes"
            detail={`The token carries all of these scopes of ${service}.`}
            isOn={scopes !== undefined}
            onToggle={(isOn) => {
              set('scopes', isOn ? { kind: 'scopes', allOf: [] } : null)
            }}
          >
            <ScopePicker
              service={service}
              value={scopes?.allOf ?? []}
              error={errorOf('scopes')}
              onChange={(allOf) => {
                set('scopes', { kind: 'scopes', allOf: [...allOf] })
              }}
            />
          </RequirementSection>
          <RequirementSection
            label="Max token age"
            detail="The token was issued at most so long ago, however long it lives."
            isOn={age !== undefined}
            onToggle={(isOn) => {
              set('max-token-age', isOn ? { kind: 'max-token-age', seconds: MAX_AGE_DEFAULT_SECONDS } : null)
            }}
          >
            <MaxAgeField
              seconds={age?.seconds ?? MAX_AGE_DEFAULT_SECONDS}
              error={errorOf('max-token-age')}
              ages={tokenAges}
              onChange={(seconds) => {
                set('max-token-age', { kind: 'max-token-age', seconds })
              }}
            />
          </RequirementSection>
          <RequirementSection
            label="Sender constraint"
            detail="The caller proves that the token is its own."
            isOn={sender !== undefined}
            onToggle={(isOn) => {
              set('sender-constraint', isOn ? { kind: 'sender-constraint', anyOf: ['mutual-tls'] } : null)
            }}
          >
            <div className="flex flex-wrap gap-4">
              {SENDERS.map((way) => (
                <Checkbox
                  key={way}
                  checked={sender?.anyOf.includes(way) ?? false}
                  onChange={(event) => {
                    const others = (sender?.anyOf ?? []).filter((other) => other !== way)
                    set('sender-constraint', {
                      kind: 'sender-constraint',
                      anyOf: event.currentTarget.checked ? [...others, way] : others,
                    })
                  }}
                >
                  {SENDER_WORDS[way]}
                </Checkbox>
              ))}
            </div>
            <FieldError message={errorOf('sender-constraint')} />
          </RequirementSection>
          <RequirementSection
            label="Networks"
            detail="The caller's address lies in one of these networks."
            isOn={network !== undefined}
            onToggle={(isOn) => {
              set('network', isOn ? { kind: 'network', cidrs: [] } : null)
            }}
          >
            <NetworkField
              cidrs={network?.cidrs ?? []}
              error={errorOf('network')}
              onChange={(cidrs) => {
                set('network', { kind: 'network', cidrs })
              }}
            />
          </RequirementSection>
          <RequirementSection
            label="Condition"
            detail="The request is about what belongs to the caller, which no scope can say."
            isOn={condition !== undefined}
            onToggle={(isOn) => {
              set('condition', isOn ? { kind: 'condition', expression: '' } : null)
            }}
          >
            <ConditionField
              expression={condition?.expression ?? ''}
              error={errorOf('condition')}
              onChange={(expression) => {
                set('condition', { kind: 'condition', expression })
              }}
            />
          </RequirementSection>
          <ContextFields draft={draft} />
        </>
      )}
    </div>
  )
}
