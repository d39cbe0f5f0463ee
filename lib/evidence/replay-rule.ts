import { NO_CONTEXT, type Context, type Facts } from '../policy/decision.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { ParsedRule, Requirement, Rule } from '../policy/rule.ts'
import { REASONS, type Reason } from '../policy/vocabulary.ts'
import { findOpenRequirements, isSameRequirement, reasonOfKind } from './open-requirements.ts'
import { splitByTokenAge } from './split-by-token-age.ts'
import type { RecordedFacts } from './recorded-facts.ts'

/** What a rule would have answered to the requests of one signature. The three counts add up to the signature's. */
export interface ReplayedSignature {
  readonly facts: RecordedFacts
  readonly allowed: number
  readonly denials: readonly Denial[]
  /** Requests whose answer rests on something the record does not hold. */
  readonly undetermined: number
  /** The requirements that leave them open. */
  readonly openKinds: readonly Requirement['kind'][]
}

export interface Denial {
  readonly reason: Reason
  readonly missingScopes: readonly string[]
  readonly count: number
}

/**
 * Replays recorded facts against a rule with the evaluator that decides requests. Nothing is sampled: a signature stands for
 * each of its requests. Left open are ages that share a histogram bucket with the limit, and requirements about which the
 * record says nothing; `inForce` is the rule the endpoint has now, under which a recorded denial still is one.
 */
export const replayRule = (recorded: readonly RecordedFacts[], rule: Rule, inForce: Rule = rule): ReplayedSignature[] =>
  recorded.filter((facts) => facts.evaluated).map((facts) => replaySignature(facts, rule, inForce))

function replaySignature(facts: RecordedFacts, rule: Rule, inForce: Rule): ReplayedSignature {
  const question = toQuestion(facts, rule, inForce)
  const limit = rule.requirements.find((requirement) => requirement.kind === 'max-token-age')?.seconds ?? null
  const parts = splitByTokenAge(facts.tokenAges, facts.count, limit)
  const outcomes = parts.map(({ ageSeconds, count }) =>
    ageSeconds === undefined ? replayOpenAge(question, count) : replayPart(question, ageSeconds, count),
  )
  const isAgeOpen = parts.some(({ ageSeconds }) => ageSeconds === undefined)
  return merge(facts, outcomes, [
    ...(isAgeOpen ? ['max-token-age' as const] : []),
    ...question.open.map(({ kind }) => kind),
  ])
}

/** A rule as far as the record answers it, and what is left. */
interface Question {
  readonly facts: RecordedFacts
  readonly answerable: ParsedRule
  readonly open: readonly Requirement[]
  /** The recorded denial, where an open requirement caused it and still stands. */
  readonly carried: Denial['reason'] | null
}

function toQuestion(facts: RecordedFacts, rule: Rule, inForce: Rule): Question {
  const open = findOpenRequirements(facts, rule)
  const answerable = { ...rule, requirements: rule.requirements.filter((requirement) => !open.includes(requirement)) }
  return { facts, answerable, open, carried: findCarriedReason(facts, open, inForce) }
}

/** Certain only where every requirement that may have caused the denial is still asked for, unchanged. */
function findCarriedReason({ reason }: RecordedFacts, open: readonly Requirement[], inForce: Rule): Reason | null {
  if (reason === null || !open.some(({ kind }) => reasonOfKind(kind) === reason)) return null
  const causes = inForce.requirements.filter(({ kind }) => reasonOfKind(kind) === reason)
  const isAsked = causes.every((cause) => open.some((requirement) => isSameRequirement(requirement, cause)))
  return causes.length > 0 && isAsked ? reason : null
}

interface PartOutcome {
  readonly allowed: number
  readonly undetermined: number
  readonly denial: Denial | null
}

function replayPart({ facts, answerable, open, carried }: Question, age: number | null, count: number): PartOutcome {
  const answer = evaluate(toFacts(facts, age), answerable)
  if (answer.reason !== null && (carried === null || REASONS.indexOf(answer.reason) <= REASONS.indexOf(carried)))
    return denied(answer.reason, answer.missingScopes, count)
  if (carried !== null) return denied(carried, [], count)
  return open.length === 0
    ? { allowed: count, undetermined: 0, denial: null }
    : { allowed: 0, undetermined: count, denial: null }
}

/** The age may be on either side of the limit: certain only where both sides answer alike. */
function replayOpenAge(question: Question, count: number): PartOutcome {
  const young = replayPart(question, 0, count)
  return young.denial === null ? { allowed: 0, undetermined: count, denial: null } : young
}

const denied = (reason: Reason, missingScopes: readonly string[], count: number): PartOutcome => ({
  allowed: 0,
  undetermined: 0,
  denial: { reason, missingScopes, count },
})

function merge(
  facts: RecordedFacts,
  parts: readonly PartOutcome[],
  openKinds: ReplayedSignature['openKinds'],
): ReplayedSignature {
  const undetermined = parts.reduce((sum, part) => sum + part.undetermined, 0)
  return {
    facts,
    allowed: parts.reduce((sum, part) => sum + part.allowed, 0),
    undetermined,
    denials: parts.flatMap((part) => (part.denial === null ? [] : [part.denial])),
    openKinds: undetermined === 0 ? [] : openKinds,
  }
}

const toContext = ({ context }: RecordedFacts): Context =>
  context === null ? NO_CONTEXT : { ...context, recentRequests: null }

const toFacts = (recorded: RecordedFacts, tokenAgeSeconds: number | null): Facts => ({
  tokenProblem: recorded.tokenProblem,
  callerKind: recorded.callerKind,
  caller: recorded.caller,
  callerKey: recorded.caller,
  issuer: recorded.issuer,
  scopes: recorded.scopes,
  tokenAgeSeconds,
  sender: recorded.sender,
  address: null,
  context: toContext(recorded),
})
