import { OUTCOMES, type Outcome } from '../../../lib/policy/vocabulary.ts'
import { DecisionTally, type StepgateDecisionCount } from './decision-tally.ts'
import type { DecisionSample, Fold, FoldedDecisions } from './fold.ts'

/** Decisions that could not be kept. */
export interface Dropped {
  /** Allowed requests. */
  allowed: number
  /** Would-be denials. */
  wouldDeny: number
  /** Denials. */
  denied: number
  /** Samples of single requests. */
  samples: number
}

export const nothingDropped = (): Dropped => ({ allowed: 0, wouldDeny: 0, denied: 0, samples: 0 })

const COUNTER_OF_OUTCOME = {
  allowed: 'allowed',
  'would-deny': 'wouldDeny',
  denied: 'denied',
} as const satisfies Record<Outcome, keyof Dropped>

export function countDropped(dropped: Dropped, { signature, count, samples }: FoldedDecisions): void {
  dropped[COUNTER_OF_OUTCOME[signature.outcome]] += count
  dropped.samples += samples.length
}

/** Decisions of one window, those of most worth first. */
export interface DecisionWindow {
  readonly fromMs: number
  readonly toMs: number
  readonly items: FoldedDecisions[]
}

type OpenFolds = Readonly<Record<Outcome, Fold[]>>
const noFolds = (): OpenFolds => ({ allowed: [], 'would-deny': [], denied: [] })
const WORTHIEST_FIRST = OUTCOMES.toReversed()

/**
 * Decisions that wait to be sent: the window that is being filled and those sealed before it. Bounded; where there is no
 * room the oldest allowed ones go first, then the oldest would-be denials, and what goes is counted.
 */
export class DecisionQueue {
  #open = noFolds()
  #openSinceMs: number | null = null
  readonly #sealed: DecisionWindow[] = []
  readonly #sizeMax: number
  readonly #samplesMax: number
  #size = 0
  #samples = 0
  /** What could not be kept, to be reported. What cannot be delivered after all is added by whoever tried. */
  dropped = nothingDropped()
  readonly #tally = new DecisionTally()

  constructor(sizeMax: number, samplesMax: number) {
    this.#sizeMax = sizeMax
    this.#samplesMax = samplesMax
  }

  /** Signatures that wait, counted once a window. */
  get size(): number {
    return this.#size
  }

  get openSinceMs(): number | null {
    return this.#openSinceMs
  }

  get hasSealed(): boolean {
    return this.#sealed.length > 0
  }

  /** All decisions since the start, delivered or not. */
  get counts(): readonly StepgateDecisionCount[] {
    return this.#tally.with(OUTCOMES.flatMap((outcome) => this.#open[outcome]))
  }

  /** Takes a fold that begins to count. False when it has to be dropped because all others are worth more. */
  open(fold: Fold, nowMs: number): boolean {
    const { outcome } = fold.signature
    if (this.#size >= this.#sizeMax && !this.#makeRoom(outcome)) {
      this.#tally.add(fold.signature, 1)
      this.dropped[COUNTER_OF_OUTCOME[outcome]]++
      return false
    }
    this.#openSinceMs ??= nowMs
    this.#open[outcome].push(fold)
    this.#size++
    return true
  }

  /** Adds a sample to a fold that is open; where there is no room it is counted as dropped. */
  addSample(fold: Fold, makeSample: () => DecisionSample): void {
    if (this.#samples >= this.#samplesMax) {
      this.dropped.samples++
      return
    }
    this.#samples++
    fold.addSample(makeSample())
  }

  /** Closes the window that is being filled, if anything is in it. */
  seal(nowMs: number): void {
    if (this.#openSinceMs === null) return
    const items = WORTHIEST_FIRST.flatMap((outcome) => this.#open[outcome].map((fold) => this.#take(fold)))
    this.#sealed.push({ fromMs: this.#openSinceMs, toMs: Math.max(nowMs, this.#openSinceMs), items })
    this.#open = noFolds()
    this.#openSinceMs = null
  }

  /** Removes up to `itemsMax` decisions of the oldest sealed window. Null when nothing is sealed. */
  shift(itemsMax: number): DecisionWindow | null {
    const window = this.#sealed[0]
    if (window === undefined) return null
    const items = window.items.splice(0, itemsMax)
    if (window.items.length === 0) this.#sealed.shift()
    for (const item of items) this.#forget(item)
    return { ...window, items }
  }

  takeDropped(): Dropped {
    const { dropped } = this
    this.dropped = nothingDropped()
    return dropped
  }

  /** Nothing of more worth than the newcomer is given up for it. */
  #makeRoom(newcomer: Outcome): boolean {
    return OUTCOMES.slice(0, OUTCOMES.indexOf(newcomer) + 1).some((outcome) => this.#dropOldest(outcome))
  }

  #dropOldest(outcome: Outcome): boolean {
    const index = this.#sealed.findIndex(({ items }) => items.at(-1)?.signature.outcome === outcome)
    const item = index === -1 ? this.#takeOldest(outcome) : this.#sealed[index]?.items.pop()
    if (item === undefined) return false
    if (this.#sealed[index]?.items.length === 0) this.#sealed.splice(index, 1)
    countDropped(this.dropped, item)
    this.#forget(item)
    return true
  }

  #takeOldest(outcome: Outcome): FoldedDecisions | undefined {
    const fold = this.#open[outcome].shift()
    return fold === undefined ? undefined : this.#take(fold)
  }

  #take(fold: Fold): FoldedDecisions {
    this.#tally.add(fold.signature, fold.count)
    return fold.take()
  }

  #forget(item: FoldedDecisions): void {
    this.#size--
    this.#samples -= item.samples.length
  }
}
