import { randomInt } from 'node:crypto'
import type pg from 'pg'
import { createDecisionDays } from './decision-days.ts'
import { DayGoneError, type CountStore, type DecisionStore, type SampleStore } from './decision-store.ts'
import { findSignatureIds } from './find-signature-ids.ts'
import { findSample, readSamples } from './read-samples.ts'
import { readSeries } from './read-series.ts'
import { readSignatureTotals } from './read-signature-totals.ts'
import { readTop } from './read-top.ts'
import { MINUTES_KEPT_DAYS } from './retention.ts'
import { storeBatches } from './store-batches.ts'
import { storeSamples } from './store-samples.ts'

const DAY_MS = 86_400_000
/** As many writers count the same signature without waiting for each other. */
const SHARDS = 4
const CHECK_VIOLATION = '23514'

export function createPostgresDecisionStore(pool: pg.Pool): DecisionStore {
  const days = createDecisionDays(pool)
  const shard = randomInt(SHARDS)
  const minutesFrom = (): Date => new Date(Date.now() - MINUTES_KEPT_DAYS * DAY_MS)

  const lookAgainWhenGone = (error: unknown): never => {
    if (!isMissingPartition(error)) throw error
    days.forget()
    throw new DayGoneError('A day was dropped meanwhile.', { cause: error })
  }
  const counts: CountStore = {
    findSignatureIds: (signatures) => findSignatureIds(pool, signatures),
    findStorableDays: (wanted, create) => days.findStorable(wanted, create),
    add: (batches) => storeBatches(pool, batches, shard, minutesFrom()).catch(lookAgainWhenGone),
    readSeries: (filter, by, bucketSeconds) => readSeries(pool, filter, by, bucketSeconds),
    readTop: (filter, by, limit) => readTop(pool, filter, by, limit),
    readTotals: (window) => readSignatureTotals(pool, window),
  }
  const samples: SampleStore = {
    add: (added) => storeSamples(pool, added).catch(lookAgainWhenGone),
    search: (filter, after, limit) => readSamples(pool, filter, after, limit),
    find: (environmentId, id) => findSample(pool, environmentId, id),
  }
  return { counts, samples }
}

const isMissingPartition = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION && error.message.includes('no partition')
