import type { DecisionFilter } from './decision-filter.ts'
import type { SignatureRow } from './find-signature-ids.ts'
import type { SamplePosition, SampleRow } from './read-samples.ts'
import type { SeriesKey, SeriesPoint } from './read-series.ts'
import type { SignatureTotals, TotalsWindow } from './read-signature-totals.ts'
import type { TopKey, TopRow } from './read-top.ts'
import type { CountedBatch } from './store-batches.ts'
import type { NewSample } from './store-samples.ts'

/**
 * Folded decisions: what they are counts of, and the counts. They stay in PostgreSQL, where the other reads of this folder
 * join them with endpoints, grants and identities.
 */
export interface CountStore {
  /** Ids by hash, of new signatures too. A signature of a service that is gone has none. */
  findSignatureIds(signatures: readonly SignatureRow[]): Promise<ReadonlyMap<string, string>>
  /** Of these days, those that can be stored; with `create`, days of the past are opened again. */
  findStorableDays(days: ReadonlySet<number>, create: boolean): Promise<ReadonlySet<number>>
  /** All or nothing, and durable. Answers the keys of the batches that were not there before; the others count no more. */
  add(batches: readonly CountedBatch[]): Promise<ReadonlySet<string>>
  /** Since when the minutes are all there; before, only the hours are. */
  findMinutesFrom(): Promise<Date>
  /**
   * By the minute where buckets are shorter than an hour, by the hour, and by three hours where buckets are as long. Keys beyond
   * the largest may come as one, `other`.
   */
  readSeries(filter: DecisionFilter, by: SeriesKey, bucketSeconds: number, keysMax: number): Promise<SeriesPoint[]>
  readTop(filter: DecisionFilter, by: TopKey, limit: number): Promise<TopRow[]>
  readTotals(window: TotalsWindow): Promise<SignatureTotals[]>
}

/** Single decisions kept as evidence, and the search for them: the half that a distributed engine can take. */
export interface SampleStore {
  /** Resolves when they are durable. One whose id is there already stays as it is. */
  add(samples: readonly NewSample[]): Promise<void>
  /** Newest first, after a position. */
  search(filter: DecisionFilter, after: SamplePosition | null, limit: number): Promise<SampleRow[]>
  find(environmentId: string, id: string): Promise<SampleRow | null>
}

/**
 * Everything that decisions go into and are asked for through. Samples are added before the counts of their batch: a sender that
 * hears nothing repeats the batch, and finds its samples there and its counts not.
 */
export interface DecisionStore {
  readonly counts: CountStore
  readonly samples: SampleStore
}

/** Retention dropped a day between the question and the answer: ask again which days can be stored. */
export class DayGoneError extends Error {
  override readonly name = 'DayGoneError'
}
