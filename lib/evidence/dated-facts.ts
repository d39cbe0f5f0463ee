import type { RecordedFacts } from './recorded-facts.ts'

/** Recorded facts with what is known of them beyond the window they were counted in. */
export interface DatedFacts extends RecordedFacts {
  /** The first time ever. */
  readonly recordedFrom: Date
}

/** Facts that were recorded before a window and not in it. */
export interface EarlierFacts extends DatedFacts {
  /** The longest time between two hours in which they were counted; 0 for those of a single hour. */
  readonly longestPauseHours: number
}
