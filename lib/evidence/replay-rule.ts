import { NO_CONTEXT, type Context, type EvaluatedFacts } from '../policy/decision.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { Requirement, Rule } from '../policy/rule.ts'
import { REASONS, type Reason } from '../policy/vocabulary.ts'
import { sortRequirements, type SortedRequirements } from './sort-requirements.ts'
import { splitByTokenAge } from './split-by-token-age.ts'
import type { EvaluatedRecord, RecordedFacts } from './recorded-facts.ts'

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
export function replayRule(recorded: readonly RecordedFacts[], rule: Rule): ReplayedSignature[] {
  const limit = rule.requirements.find((requirement) => requirement.kind === 'max-token-age')?.seconds ?? null
  return recorded
    .filter((facts) => facts.evaluated)
    .map((facts) => replaySignature(facts, toQuestion(facts, rule), limit))
}

function replaySignature(facts: RecordedFacts, question: Question, limit: number | null): ReplayedSignature {
  const { open } = question
  let [allowed, undetermined, isAgeOpen] = [0, 0, false]
  const denials: Denial[] = []
  for (const { ageSeconds, count } of splitByTokenAge(facts.tokenAges, facts.count, limit)) {
    const isOnEitherSide = ageSeconds === undefined
    isAgeOpen ||= isOnEitherSide
    // What may be on either side of the limit is denied for certain only where a young token would be, too.
    const { reason, missingScopes } = answerKnown(question, isOnEitherSide ? 0 : ageSeconds)
    if (reason !== null) denials.push({ reason, missingScopes, count })
    else if (isOnEitherSide || open.length > 0) undetermined += count
    else allowed += count
  }
  return { facts, allowed, denials, undetermined, openKinds: undetermined === 0 ? NONE : openKindsOf(open, isAgeOpen) }
}

const NONE: readonly never[] = []

const openKindsOf = (open: Question['open'], isAgeOpen: boolean): ReplayedSignature['openKinds'] => [
  ...(isAgeOpen ? ['max-token-age' as const] : []),
  ...open.map(({ kind }) => kind),
]

/** A rule as far as the record answers it, and what is left. */
export interface Question extends SortedRequirements {
  readonly facts: EvaluatedRecord
  readonly access: Rule['access']
}

export const toQuestion = (facts: EvaluatedRecord, rule: Rule): Question => ({
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
  if (unmetReasons.length === 0) return answer
  const reason = firstReason(answer.reason === null ? unmetReasons : [answer.reason, ...unmetReasons])
  return { reason, missingScopes: reason === answer.reason ? answer.missingScopes : [] }
}

const firstReason = (reasons: readonly Reason[]): Reason | null =>
  REASONS.find((reason) => reasons.includes(reason)) ?? null

const toContext = ({ context }: EvaluatedRecord): Context =>
  context === null ? NO_CONTEXT : { ...context, recentRequests: null, conditionsMet: [] }

const toFacts = (recorded: EvaluatedRecord, tokenAgeSeconds: number | null): EvaluatedFacts => ({
  tokenProblem: recorded.tokenProblem,
  scopes: recorded.scopes,
  tokenAgeSeconds,
  sender: recorded.sender,
  address: null,
  context: toContext(recorded),
})
