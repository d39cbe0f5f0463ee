import { NO_CONTEXT, type Facts } from '../policy/decision.ts'
import { evaluate } from '../policy/evaluate.ts'
import type { ParsedRule, Rule } from '../policy/rule.ts'
import type { Reason } from '../policy/vocabulary.ts'
import { splitByTokenAge } from './split-by-token-age.ts'
import type { RecordedFacts } from './recorded-facts.ts'

/** What a rule would have answered to the requests of one signature. The three counts add up to the signature's. */
export interface ReplayedSignature {
  readonly facts: RecordedFacts
  readonly allowed: number
  readonly denials: readonly Denial[]
  /** Requests whose answer rests on something the record does not hold. */
  readonly undetermined: number
}

export interface Denial {
  readonly reason: Reason
  readonly missingScopes: readonly string[]
  readonly count: number
}

/**
 * Replays recorded facts against a rule with the evaluator that decides requests. Nothing is sampled: a signature stands for
 * each of its requests. Left open are ages that share a histogram bucket with the limit, and addresses, which are not recorded.
 */
export const replayRule = (recorded: readonly RecordedFacts[], rule: Rule): ReplayedSignature[] =>
  recorded.filter((facts) => facts.evaluated).map((facts) => replaySignature(facts, rule))

function replaySignature(facts: RecordedFacts, rule: Rule): ReplayedSignature {
  const limit = rule.requirements.find((requirement) => requirement.kind === 'max-token-age')?.seconds ?? null
  const parts = splitByTokenAge(facts.tokenAges, facts.count, limit)
  const certain = parts.filter((part) => part.ageSeconds !== undefined)
  const outcomes = certain.map((part) => replayPart(facts, rule, part.ageSeconds ?? null, part.count))
  const open = parts
    .filter((part) => part.ageSeconds === undefined)
    .map((part) => replayOpenAge(facts, rule, part.count))
  return merge(facts, [...outcomes, ...open])
}

interface PartOutcome {
  readonly allowed: number
  readonly undetermined: number
  readonly denial: Denial | null
}

function replayPart(facts: RecordedFacts, rule: Rule, ageSeconds: number | null, count: number): PartOutcome {
  const answer = evaluate(toFacts(facts, ageSeconds), withoutNetworks(rule))
  if (answer.verdict === 'deny' && answer.reason !== null) return denied(answer.reason, answer.missingScopes, count)
  if (!hasNetworks(rule)) return { allowed: count, undetermined: 0, denial: null }
  return facts.reason === 'network-not-allowed'
    ? denied('network-not-allowed', [], count)
    : { allowed: 0, undetermined: count, denial: null }
}

/** The age may be on either side of the limit: certain only where both sides answer alike. */
function replayOpenAge(facts: RecordedFacts, rule: Rule, count: number): PartOutcome {
  const young = replayPart(facts, rule, 0, count)
  return young.denial === null ? { allowed: 0, undetermined: count, denial: null } : young
}

const denied = (reason: Reason, missingScopes: readonly string[], count: number): PartOutcome => ({
  allowed: 0,
  undetermined: 0,
  denial: { reason, missingScopes, count },
})

function merge(facts: RecordedFacts, parts: readonly PartOutcome[]): ReplayedSignature {
  return {
    facts,
    allowed: parts.reduce((sum, part) => sum + part.allowed, 0),
    undetermined: parts.reduce((sum, part) => sum + part.undetermined, 0),
    denials: parts.flatMap((part) => (part.denial === null ? [] : [part.denial])),
  }
}

const hasNetworks = (rule: ParsedRule): boolean =>
  rule.requirements.some((requirement) => requirement.kind === 'network')
const withoutNetworks = (rule: Rule): ParsedRule => ({
  ...rule,
  requirements: rule.requirements.filter((requirement) => requirement.kind !== 'network'),
})

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
  context: NO_CONTEXT,
})
