import type { Fleet, FleetEndpoint } from './fleet.ts'
import { compareSides, type Comparison, type Side } from './compare-sides.ts'
import { createComparisonKeys } from './comparison-keys.ts'
import type { RecordedFacts } from './recorded-facts.ts'
import type { Denial } from './replay-rule.ts'
import { addToSpans } from './split-at-limits.ts'

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

/**
 * Answers of two fleets to the same recorded requests, by the evaluator that decides them. Nothing is sampled: signatures of which
 * everything is alike that an answer rests on are asked about once, and each one's requests are counted.
 */
export function compareFleets(
  recorded: readonly RecordedFacts[],
  before: Fleet,
  after: Fleet,
  by: ComparedBy,
): ComparedSignature[] {
  const comparisons = new Map<number, Comparison>()
  const keyOf = createComparisonKeys()
  const compare = (facts: RecordedFacts, old: Side, next: Side): Comparison => {
    const key = keyOf(facts, old, next)
    const comparison = comparisons.get(key) ?? compareSides(facts, old, next)
    comparisons.set(key, comparison)
    return comparison
  }
  const compared: ComparedSignature[] = []
  for (const facts of recorded) {
    if (!facts.evaluated || facts.endpointId === null) continue
    const [old, next] = [before.endpoints.get(facts.endpointId), after.endpoints.get(facts.endpointId)]
    if (old === undefined || next === undefined) continue
    const [oldSide, nextSide] = [toSide(before, old, facts, by), toSide(after, next, facts, by)]
    const isSame = old === next && isSameToken(oldSide, nextSide)
    compared.push(isSame ? keepAll(facts) : countChanges(facts, compare(facts, oldSide, nextSide)))
  }
  return compared
}

const toSide = (
  fleet: Fleet,
  { serviceId, rule, gate }: FleetEndpoint,
  facts: RecordedFacts,
  by: ComparedBy,
): Side => ({
  rule,
  scopes: fleet.scopesOf(facts, serviceId),
  lifetimeSeconds: fleet.lifetimeOf(facts, serviceId),
  gate: by === 'mode' ? gate : null,
})

const isSameToken = (a: Side, b: Side): boolean => a.scopes === b.scopes && a.lifetimeSeconds === b.lifetimeSeconds

const NO_DENIALS: readonly Denial[] = []

const keepAll = (facts: RecordedFacts): ComparedSignature => ({
  facts,
  lost: 0,
  gained: 0,
  unchanged: facts.count,
  undetermined: 0,
  denials: NO_DENIALS,
})

function countChanges(facts: RecordedFacts, { cut, outcomes }: Comparison): ComparedSignature {
  const counts = addToSpans(cut, facts.tokenAges, facts.count)
  let [lost, gained, unchanged, undetermined] = [0, 0, 0, 0]
  let denials = NO_DENIALS
  for (let span = 0; span < outcomes.length; span++) {
    const [outcome, count = 0] = [outcomes[span], counts[span]]
    if (outcome === undefined || count === 0) continue
    const { change, denial } = outcome
    if (change === 'lost') lost += count
    else if (change === 'gained') gained += count
    else if (change === 'unchanged') unchanged += count
    else undetermined += count
    if (denial !== null) denials = withDenial(denials, denial, count)
  }
  return { facts, lost, gained, unchanged, undetermined, denials }
}

/** Mostly the only one. */
function withDenial(others: readonly Denial[], denial: Omit<Denial, 'count'>, count: number): readonly Denial[] {
  const counted: Denial = { reason: denial.reason, missingScopes: denial.missingScopes, count }
  return others.length === 0 ? [counted] : [...others, counted]
}
