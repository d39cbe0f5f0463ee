import type { Rule } from '#lib/contract/rule.ts'
import type { SenderConstraint } from '#lib/policy/vocabulary.ts'
import { SIGNAL_WORDS, toCount, toDuration } from '../ui/words.ts'

export type RuleRequirement = Rule['requirements'][number]
type OfKind<Kind extends RuleRequirement['kind']> = Extract<RuleRequirement, { kind: Kind }>

export const findRequirement = <Kind extends RuleRequirement['kind']>(
  rule: Rule | null,
  kind: Kind,
): OfKind<Kind> | undefined =>
  rule?.requirements.find((requirement): requirement is OfKind<Kind> => requirement.kind === kind)

/** The rule with this requirement in place of the one of its kind. Without one, the kind is taken out. */
export function withRequirement(rule: Rule, kind: RuleRequirement['kind'], requirement: RuleRequirement | null): Rule {
  if (requirement === null) return { ...rule, requirements: rule.requirements.filter((other) => other.kind !== kind) }
  const known = rule.requirements.some((other) => other.kind === kind)
  return {
    ...rule,
    requirements: known
      ? rule.requirements.map((other) => (other.kind === kind ? requirement : other))
      : [...rule.requirements, requirement],
  }
}

export const SENDER_WORDS: Readonly<Record<Exclude<SenderConstraint, 'none'>, string>> = {
  'mutual-tls': 'mutual TLS',
  dpop: 'DPoP',
}

export type RuleStance = 'no-rule' | 'public' | 'any-token' | 'required'

/** How much a rule asks for, which is what a list has room to say. */
export function ruleStance(rule: Rule | null): RuleStance {
  if (rule === null) return 'no-rule'
  if (rule.access === 'public') return 'public'
  return rule.requirements.length === 0 ? 'any-token' : 'required'
}

export const STANCE_WORDS: Readonly<
  Record<Exclude<RuleStance, 'required'>, { readonly label: string; readonly detail: string }>
> = {
  'no-rule': {
    label: 'No rule',
    detail: 'Nobody has said yet what this endpoint requires. Enforced, it would ask for any valid token.',
  },
  public: {
    label: 'Public',
    detail: 'Anyone may call this endpoint, with or without a token. This was said on purpose.',
  },
  'any-token': {
    label: 'Requires nothing',
    detail: 'Any valid token for this service is enough: no scope, no token age, no network is asked for.',
  },
}

function requirementWords(requirement: RuleRequirement): string {
  switch (requirement.kind) {
    case 'scopes':
      return requirement.allOf.join(' and ')
    case 'max-token-age':
      return `a token at most ${toDuration(requirement.seconds)} old`
    case 'sender-constraint':
      return `a token bound by ${requirement.anyOf.map((way) => SENDER_WORDS[way]).join(' or ')}`
    case 'network':
      return requirement.cidrs.length === 1
        ? `a caller in ${requirement.cidrs[0] ?? ''}`
        : `a caller in one of ${String(requirement.cidrs.length)} networks`
    case 'autonomous-system':
      return `a caller in ${requirement.anyOf.map((number) => `AS${String(number)}`).join(' or ')}`
    case 'country':
      return `a caller in ${requirement.anyOf.join(' or ')}`
    case 'known-device':
      return 'a device that was accepted for the caller'
    case 'rate':
      return `at most ${toCount(requirement.requestsMax)} requests of one caller in ${toDuration(requirement.windowSeconds)}`
    case 'condition':
      return `${requirement.expression} holds`
    case 'signals':
      return `no ${requirement.noneOf.map((signal) => SIGNAL_WORDS[signal].toLowerCase()).join(', no ')}`
  }
}

/** The rule as a sentence. */
export function toRuleSentence(rule: Rule | null): string {
  const stance = ruleStance(rule)
  if (stance !== 'required' || rule === null) return stance === 'required' ? '' : STANCE_WORDS[stance].detail
  return `A valid token for this service, and ${rule.requirements.map(requirementWords).join(', and ')}.`
}

export const isSameRule = (left: Rule | null, right: Rule | null): boolean => canonical(left) === canonical(right)

/** The order of requirements, scopes and networks means nothing. */
function canonical(rule: Rule | null): string {
  if (rule === null) return 'null'
  const sorted = rule.requirements.map((requirement) =>
    JSON.stringify(
      Object.entries(requirement)
        .map(([key, value]: [string, unknown]) => [key, Array.isArray(value) ? value.map(String).sort() : value])
        .sort(),
    ),
  )
  return JSON.stringify([rule.access, sorted.sort()])
}
