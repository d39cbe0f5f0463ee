import type { Requirement, Rule } from '../policy/rule.ts'
import type { RequirementReason } from '../policy/vocabulary.ts'
import type { RecordedFacts } from './recorded-facts.ts'

type Kind = Requirement['kind']
type Of<K extends Kind> = Extract<Requirement, { readonly kind: K }>

interface RecordedKind<K extends Kind> {
  /** What a request is denied for that does not meet it. */
  readonly reason: RequirementReason
  /** Whether the record tells if the requirement is met; ages are split before and count as told. */
  readonly isTold: (facts: RecordedFacts, requirement: Of<K>) => boolean
}

const always = (): boolean => true
const never = (): boolean => false

/**
 * An instance looks at what some rule asks for, and does not record what it looked at: what is absent from a context may
 * just not have been looked for. A signal that was raised tells of a denial; one that was not tells nothing.
 */
const KINDS: { readonly [K in Kind]: RecordedKind<K> } = {
  scopes: { reason: 'scope-missing', isTold: always },
  'max-token-age': { reason: 'token-too-old', isTold: always },
  'sender-constraint': { reason: 'sender-mismatch', isTold: always },
  network: { reason: 'network-not-allowed', isTold: never },
  'autonomous-system': {
    reason: 'network-not-allowed',
    isTold: ({ context }) => context !== null && context.autonomousSystem !== null,
  },
  country: { reason: 'country-not-allowed', isTold: ({ context }) => context !== null && context.country !== null },
  'known-device': {
    reason: 'device-not-allowed',
    isTold: ({ context }) => context !== null && context.device !== 'none',
  },
  rate: { reason: 'rate-exceeded', isTold: never },
  signals: {
    reason: 'signal-raised',
    isTold: ({ context }, { noneOf }) => context !== null && noneOf.some((signal) => context.signals.includes(signal)),
  },
  condition: {
    reason: 'condition-not-met',
    isTold: ({ context }, { expression }) =>
      context !== null && (context.conditionsMet.includes(expression) || context.conditionsUnmet.includes(expression)),
  },
}

const isTold = <K extends Kind>(facts: RecordedFacts, requirement: Of<K>): boolean =>
  (KINDS[requirement.kind] as RecordedKind<K>).isTold(facts, requirement) // the table's own correspondence

/** Requirements about which the record does not say whether the requests met them. */
export const findOpenRequirements = (facts: RecordedFacts, rule: Rule): Requirement[] =>
  rule.requirements.filter((requirement) => !isTold(facts, requirement))

export const reasonOfKind = (kind: Kind): RequirementReason => KINDS[kind].reason

/** By what they ask, however the store orders their members. */
export const isSameRequirement = (left: Requirement, right: Requirement): boolean =>
  left.kind === right.kind && JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))

const sorted = (requirement: Requirement): [string, unknown][] =>
  Object.entries(requirement).sort(([left], [right]) => (left < right ? -1 : 1))
