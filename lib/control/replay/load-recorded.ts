import type pg from 'pg'
import { readSignatureTotals, type SignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import { areMinutesKept } from '#lib/store/decisions/retention.ts'
import { createStaleCache, perOwner } from '../serve-stale.ts'
import type { ResolvedDraft } from './resolve-draft.ts'

/** A month of a whole fleet is read: what it says does not change while somebody edits a draft. */
const FRESH_MS = 15_000
const STALE_MS = 60_000
const SHORT_MS = 26 * 3_600_000

const cacheOf = perOwner<pg.Pool, ReturnType<typeof createStaleCache<SignatureTotals[]>>>(() =>
  createStaleCache<SignatureTotals[]>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
)

export interface RecordedWindow {
  readonly environmentId: string
  readonly from: Date
  readonly to: Date
  /** What the answer for everything is kept under; null: it is not. */
  readonly cacheKey: string | null
}

/** Recorded facts that a draft can change: to the minute where the window is short, else to the hour. */
export function loadRecorded(
  pool: pg.Pool,
  { environmentId, from, to, cacheKey }: RecordedWindow,
  { endpointIds, callers, scopes }: Pick<ResolvedDraft, 'endpointIds' | 'callers' | 'scopes'>,
): Promise<SignatureTotals[]> {
  const isByMinute = to.getTime() - from.getTime() < SHORT_MS && areMinutesKept(from, to)
  const read = () => readSignatureTotals(pool, { environmentId, endpointIds, from, to, callers, scopes, isByMinute })
  const isEverything = endpointIds === null && callers === null && scopes === null
  return isEverything && cacheKey !== null ? cacheOf(pool)(cacheKey, '', read) : read()
}
