import { callerBucket } from '../policy/caller-bucket.ts'
import { findUnmetReason } from '../policy/evaluate.ts'
import type { Requirement, Rule } from '../policy/rule.ts'
import type { FleetGate } from './fleet.ts'
import type { EvaluatedRecord, RecordedFacts } from './recorded-facts.ts'
import { answerKnown, toQuestion, type Denial, type Question, type RecordedAnswer } from './replay-rule.ts'
import { NOTHING } from './sort-requirements.ts'
import { cutAt, NO_AGES, type AgeCut } from './split-at-limits.ts'

/** What one fleet makes of one signature. */
export interface Side {
  readonly rule: Rule
  readonly scopes: readonly string[] | null
  readonly lifetimeSeconds: number | null
  /** Null where a denial counts whether or not it is carried out. */
  readonly gate: FleetGate | null
}

/** What a change of sides means, whatever is counted: an outcome for each span of the token's age. */
export interface Comparison {
  readonly cut: AgeCut
  readonly outcomes: readonly SpanOutcome[]
}

export function compareSides(facts: RecordedFacts, before: Side, after: Side): Comparison {
  const cut = facts.tokenAges === null ? NO_AGES : cutAt(limitsOf(before, after))
  const pair = toPair(facts, before, after)
  return { cut, outcomes: cut.spans.map((ages) => compareSpan(pair, ages)) }
}

function limitsOf(...sides: readonly Side[]): number[] {
  const limits: number[] = []
  for (const { rule, lifetimeSeconds } of sides) {
    for (const each of rule.requirements) if (each.kind === 'max-token-age') limits.push(each.seconds)
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
  const asked: EvaluatedRecord =
    side.scopes === null
      ? { ...facts, scopes: [], tokenProblem: 'token-missing' }
      : side.scopes === facts.scopes
        ? facts
        : { ...facts, scopes: side.scopes }
  return { ...side, question: toQuestion(asked, side.rule) }
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
export interface SpanOutcome {
  readonly change: Change
  readonly denial: Omit<Denial, 'count'> | null
}

/** Certain where everything that is not known leads to the same. */
function compareSpan({ before, after, unmet, buckets }: Pair, ages: AgeCut['spans'][number]): SpanOutcome {
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
