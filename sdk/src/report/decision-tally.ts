import type { Mode, Outcome, Reason } from '../../../lib/policy/vocabulary.ts'
import type { DecisionSignature, Fold } from './fold.ts'

/** How many requests were decided alike since the start. */
export interface StepgateDecisionCount {
  /** Mode of their endpoints. In mode `off` requests are counted as allowed and not looked at. */
  readonly mode: Mode
  /** What became of them. */
  readonly outcome: Outcome
  /** The first check that failed; null when allowed. */
  readonly reason: Reason | null
  /** How many. */
  readonly count: number
}

type Counted = Pick<DecisionSignature, 'mode' | 'outcome' | 'reason'>

/** Totals by mode, outcome and reason. Nothing is added to a request: what folds counted is added when they are sealed. */
export class DecisionTally {
  readonly #counts = new Map<string, StepgateDecisionCount>()

  add({ mode, outcome, reason }: Counted, count: number): void {
    const key = `${mode} ${outcome} ${String(reason)}`
    this.#counts.set(key, { mode, outcome, reason, count: (this.#counts.get(key)?.count ?? 0) + count })
  }

  /** The totals together with what is being counted now. */
  with(folds: readonly Fold[]): readonly StepgateDecisionCount[] {
    const total = new DecisionTally()
    for (const counted of this.#counts.values()) total.add(counted, counted.count)
    for (const fold of folds) total.add(fold.signature, fold.count)
    return [...total.#counts.values()]
  }
}
