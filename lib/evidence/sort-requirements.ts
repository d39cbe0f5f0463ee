import { findUnmetReason } from '../policy/evaluate.ts'
import { NO_CONTEXT, type EvaluatedFacts, type RecordedContext } from '../policy/decision.ts'
import { requirementKey } from '../policy/requirement-key.ts'
import type { Requirement, Rule } from '../policy/rule.ts'
import type { Observable, RequirementReason } from '../policy/vocabulary.ts'
import type { EvaluatedRecord } from './recorded-facts.ts'

/** Facts of nobody, who meets nothing: what they are refused for is what the requirement refuses for. */
export const NOTHING: EvaluatedFacts = {
  tokenProblem: 'token-missing',
  scopes: [],
  tokenAgeSeconds: null,
  sender: 'none',
  address: null,
  context: NO_CONTEXT,
}

const hasObserved = ({ observed }: RecordedContext, ...things: readonly Observable[]): boolean =>
  things.every((thing) => observed.includes(thing))

/** Whether the facts tell if the requirement is met, by the evaluator that decides requests. */
function isInFacts(context: RecordedContext | null, requirement: Requirement): boolean {
  switch (requirement.kind) {
    case 'scopes':
    case 'max-token-age':
    case 'sender-constraint':
      return true
    case 'country':
      return context !== null && (context.country !== null || hasObserved(context, 'country'))
    case 'autonomous-system':
      return context !== null && (context.autonomousSystem !== null || hasObserved(context, 'autonomous-system'))
    case 'known-device':
      return context !== null && (context.device !== 'none' || hasObserved(context, 'device'))
    case 'signals':
      return (
        context !== null &&
        (requirement.noneOf.some((signal) => context.signals.includes(signal)) ||
          hasObserved(context, ...requirement.noneOf))
      )
    default:
      return false
  }
}

/** The answer to this very requirement, if it was recorded with the decision. */
function recordedAnswer(context: RecordedContext | null, requirement: Requirement): boolean | null {
  const key = requirementKey(requirement)
  if (context === null || key === null) return null
  if (context.requirementsMet.includes(key)) return true
  return context.requirementsUnmet.includes(key) ? false : null
}

/** A rule's requirements by what a record says about them. */
export interface SortedRequirements {
  /** To be evaluated with the recorded facts. */
  readonly answerable: readonly Requirement[]
  /** Reasons of those the record says were not met. */
  readonly unmetReasons: readonly RequirementReason[]
  /** Nothing tells. */
  readonly open: readonly Requirement[]
}

/** Of records without surroundings, which all tell the same of a rule. */
const sortedWithout = new WeakMap<Rule, SortedRequirements>()

export function sortRequirements({ context }: EvaluatedRecord, rule: Rule): SortedRequirements {
  if (context !== null) return sortBy(context, rule)
  const known = sortedWithout.get(rule) ?? sortBy(null, rule)
  sortedWithout.set(rule, known)
  return known
}

function sortBy(context: RecordedContext | null, { requirements }: Rule): SortedRequirements {
  const answerable = requirements.filter((requirement) => isInFacts(context, requirement))
  const others = requirements.filter((requirement) => !answerable.includes(requirement))
  return {
    answerable,
    unmetReasons: others
      .filter((requirement) => recordedAnswer(context, requirement) === false)
      .flatMap((requirement) => findUnmetReason(NOTHING, requirement) ?? []),
    open: others.filter((requirement) => recordedAnswer(context, requirement) === null),
  }
}
