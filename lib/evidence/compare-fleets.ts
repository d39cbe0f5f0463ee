import { callerBucket } from '../policy/caller-bucket.ts'
import { findUnmetReason } from '../policy/evaluate.ts'
import type { Requirement } from '../policy/rule.ts'
import type { Fleet, FleetEndpoint, FleetGate } from './fleet.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import { answerKnown, toQuestion, type Denial, type Question, type RecordedAnswer } from './replay-rule.ts'
import { NOTHING } from './sort-requirements.ts'
import { splitAtLimits, type AgeSpan } from './split-at-limits.ts'

/** Requests of one signature by what another fleet would have changed for them. The four counts add up to the signature's. */
export interface ComparedSignature {
  readonly facts: RecordedFacts
  readonly lost: number
  readonly gained: number
  readonly unchanged: number
  /** What would have changed rests on something the record does not hold. */
  readonly undetermined: number
  /** Why requests are lost, or were denied that are gained. */
  readonly denials: readonly Denial[]
}

/** `rule`: whether the rule allows a request. `mode`: whether it passes, which it does where a denial is not carried out. */
export type ComparedBy = 'rule' | 'mode'

/** Answers of two fleets to the same recorded requests, by the evaluator that decides them. Nothing is sampled. */
export const compareFleets = (
  recorded: readonly RecordedFacts[],
  before: Fleet,
  after: Fleet,
  by: ComparedBy,
): ComparedSignature[] =>
  recorded.flatMap((facts) => {
    if (!facts.evaluated || facts.endpointId === null) return []
    const [old, next] = [toSide(before, facts, by), toSide(after, facts, by)]
    return old === null || next === null ? [] : [compareSignature(facts, old, next)]
  })

/** What one fleet makes of one signature. */
interface Side {
  readonly endpoint: FleetEndpoint
  readonly scopes: readonly string[] | null
  readonly lifetimeSeconds: number | null
  /** Null where a denial counts whether or not it is carried out. */
  readonly gate: FleetGate | null
}

function toSide(fleet: Fleet, facts: RecordedFacts, by: ComparedBy): Side | null {
  const endpoint = fleet.endpoints.get(facts.endpointId ?? '')
  if (endpoint === undefined) return null
  return {
    endpoint,
    scopes: fleet.scopesOf(facts, endpoint.serviceId),
    lifetimeSeconds: fleet.lifetimeOf(facts, endpoint.serviceId),
    gate: by === 'mode' ? endpoint.gate : null,
  }
}

const isSameSide = (a: Side, b: Side): boolean =>
  a.endpoint === b.endpoint && a.scopes === b.scopes && a.lifetimeSeconds === b.lifetimeSeconds

function compareSignature(facts: RecordedFacts, before: Side, after: Side): ComparedSignature {
  const sums = { facts, lost: 0, gained: 0, unchanged: 0, undetermined: 0 }
  if (isSameSide(before, after)) return { ...sums, unchanged: facts.count, denials: [] }
  const pair = toPair(facts, before, after)
  const denials: Denial[] = []
  for (const span of splitAtLimits(facts.tokenAges, facts.count, limitsOf(before, after))) {
    const { change, denial } = compareSpan(pair, span)
    sums[change] += span.count
    if (denial !== null) denials.push({ ...denial, count: span.count })
  }
  return { ...sums, denials }
}

function limitsOf(...sides: readonly Side[]): number[] {
  const limits: number[] = []
  for (const { endpoint, lifetimeSeconds } of sides) {
    for (const each of endpoint.rule.requirements) if (each.kind === 'max-token-age') limits.push(each.seconds)
    if (lifetimeSeconds !== null) limits.push(lifetimeSeconds)
  }
  return limits
}

/** Both sides, and what neither the facts nor the record tell. */
interface Pair {
  readonly before: AskedSide
  readonly after: AskedSide
  readonly unmet: readonly Unmet[]
  readonly buckets: readonly number[]
}

interface AskedSide extends Side {
  readonly question: Question
}

/** One way the requirements that nothing tells of may be answered: those of both sides, of the one and of the other. */
interface Unmet {
  readonly before: Requirement | null
  readonly after: Requirement | null
}

function toPair(facts: RecordedFacts, before: Side, after: Side): Pair {
  const [old, next] = [ask(facts, before), ask(facts, after)]
  return { before: old, after: next, unmet: waysUnmet(old, next), buckets: bucketsOf(facts, before, after) }
}

function ask(facts: RecordedFacts, side: Side): AskedSide {
  const asked: RecordedFacts =
    side.scopes === null
      ? { ...facts, scopes: [], tokenProblem: 'token-missing' }
      : side.scopes === facts.scopes
        ? facts
        : { ...facts, scopes: side.scopes }
  return { ...side, question: toQuestion(asked, side.endpoint.rule) }
}

const ALL_IS_TOLD: readonly Unmet[] = [{ before: null, after: null }]

/** A requirement that both sides ask for has one answer, which is the same for both. */
function waysUnmet(before: AskedSide, after: AskedSide): readonly Unmet[] {
  if (before.question.open.length + after.question.open.length === 0) return ALL_IS_TOLD
  const [old, next] = [openByKey(before), openByKey(after)]
  const shared = [...old].find(([key]) => next.has(key))?.[1] ?? null
  const oldOnly = [...old].find(([key]) => !next.has(key))?.[1] ?? null
  const nextOnly = [...next].find(([key]) => !old.has(key))?.[1] ?? null
  const both = (each: Requirement | null) => (each === null ? [null] : [null, each])
  return both(shared).flatMap((common) =>
    both(oldOnly).flatMap((left) =>
      both(nextOnly).map((right) => ({ before: common ?? left, after: common ?? right })),
    ),
  )
}

const openByKey = ({ question }: AskedSide): Map<string, Requirement> =>
  new Map(question.open.map((requirement) => [JSON.stringify(requirement), requirement]))

const NO_BUCKET = 100

/** Where the caller stands among all; people stand one by one, so that a percent may or may not hold for those of a signature. */
function bucketsOf({ caller, callerKind }: RecordedFacts, { gate: before }: Side, { gate: after }: Side): number[] {
  if (before === null || after === null || caller === null) return [NO_BUCKET]
  return callerKind === 'user' ? [0, before.percent, after.percent] : [callerBucket(caller)]
}

const isCarriedOut = (gate: FleetGate | null, bucket: number): boolean =>
  gate === null || (gate.mode === 'enforce' && (gate.percent >= 100 || bucket < gate.percent))

type Change = 'lost' | 'gained' | 'unchanged' | 'undetermined'
interface SpanOutcome {
  readonly change: Change
  readonly denial: Omit<Denial, 'count'> | null
}

/** Certain where everything that is not known leads to the same. */
function compareSpan({ before, after, unmet, buckets }: Pair, { ages }: AgeSpan): SpanOutcome {
  let outcome: SpanOutcome | null = null
  for (const age of ages)
    for (const bucket of buckets)
      for (const way of unmet) {
        const next = toOutcome(denialOf(before, age, bucket, way.before), denialOf(after, age, bucket, way.after))
        if (outcome !== null && outcome.change !== next.change) return { change: 'undetermined', denial: null }
        outcome ??= next
      }
  return outcome ?? { change: 'unchanged', denial: null }
}

const toOutcome = (before: SpanOutcome['denial'], after: SpanOutcome['denial']): SpanOutcome =>
  (before === null) === (after === null)
    ? { change: 'unchanged', denial: null }
    : before === null
      ? { change: 'lost', denial: after }
      : { change: 'gained', denial: before }

function denialOf(
  side: AskedSide,
  age: number | null,
  bucket: number,
  unmet: Requirement | null,
): SpanOutcome['denial'] {
  if (!isCarriedOut(side.gate, bucket)) return null
  const known = answerKnown(ended(side, age), age)
  if (known.reason !== null) return toDenial(known)
  const reason = unmet === null ? null : findUnmetReason(NOTHING, unmet)
  return reason === null ? null : { reason, missingScopes: [] }
}

const toDenial = ({ reason, missingScopes }: RecordedAnswer): SpanOutcome['denial'] =>
  reason === null ? null : { reason, missingScopes }

/** A token older than it would live is one that has expired. */
function ended({ question, lifetimeSeconds }: AskedSide, age: number | null): Question {
  if (lifetimeSeconds === null || age === null || age <= lifetimeSeconds) return question
  if (question.facts.tokenProblem !== null) return question
  return { ...question, facts: { ...question.facts, tokenProblem: 'token-expired' } }
}
