import { NO_CONTEXT, type Context, type Facts } from '../policy/decision.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { Requirement, Rule } from '../policy/rule.ts'
import { REASONS, type Reason } from '../policy/vocabulary.ts'
import { sortRequirements, type SortedRequirements } from './sort-requirements.ts'
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
 * record says nothing.
 */
export const replayRule = (recorded: readonly RecordedFacts[], rule: Rule): ReplayedSignature[] =>
  recorded.filter((facts) => facts.evaluated).map((facts) => replaySignature(facts, rule))

function replaySignature(facts: RecordedFacts, rule: Rule): ReplayedSignature {
  const question = toQuestion(facts, rule)
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
export interface Question extends SortedRequirements {
  readonly facts: RecordedFacts
  readonly access: Rule['access']
}

export const toQuestion = (facts: RecordedFacts, rule: Rule): Question => ({
  facts,
  access: rule.access,
  ...sortRequirements(facts, rule),
})

export interface RecordedAnswer {
  /** Why the request is denied whatever else is so; null where nothing that is known denies it. */
  readonly reason: Reason | null
  readonly missingScopes: readonly string[]
}

/** What is known to be answered to requests of one token age. */
export function answerKnown(
  { facts, access, answerable, unmetReasons }: Omit<Question, 'open'>,
  ageSeconds: number | null,
): RecordedAnswer {
  const answer = evaluate(toFacts(facts, ageSeconds), { access, requirements: answerable })
  const reason = firstReason(answer.reason === null ? unmetReasons : [answer.reason, ...unmetReasons])
  return { reason, missingScopes: reason === answer.reason ? answer.missingScopes : [] }
}

interface PartOutcome {
  readonly allowed: number
  readonly undetermined: number
  readonly denial: Denial | null
}

function replayPart(question: Question, age: number | null, count: number): PartOutcome {
  const { reason, missingScopes } = answerKnown(question, age)
  if (reason !== null) return denied(reason, missingScopes, count)
  return question.open.length === 0
    ? { allowed: count, undetermined: 0, denial: null }
    : { allowed: 0, undetermined: count, denial: null }
}

const firstReason = (reasons: readonly Reason[]): Reason | null =>
  REASONS.find((reason) => reasons.includes(reason)) ?? null

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
  context === null ? NO_CONTEXT : { ...context, recentRequests: null, conditionsMet: [] }

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
