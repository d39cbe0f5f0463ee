import { randomInt } from 'node:crypto'
import type pg from 'pg'
import { createDecisionDays } from './decision-days.ts'
import type { DecisionFilter } from './decision-filter.ts'
import { DayGoneError, type CountStore, type DecisionStore, type SampleStore } from './decision-store.ts'
import { findSignatureIds } from './find-signature-ids.ts'
import { findSample, readSamples } from './read-samples.ts'
import { readSeries } from './read-series.ts'
import { readSignatureTotals, type TotalsWindow } from './read-signature-totals.ts'
import { areMinutesAsked, readTop } from './read-top.ts'
import { createRecordedDays, hoursFrom, type DayOfWindow } from './recorded-days.ts'
import { findMinutesFrom } from './retention.ts'
import { storeBatches } from './store-batches.ts'
import { storeSamples } from './store-samples.ts'
import { createSignatureGroups, type ChartKey, type SignatureGroups } from './signature-groups.ts'
import { sumSeries } from './sum-series.ts'
import { sumTop } from './sum-top.ts'
import { createTotalsSum, type SumTotals } from './sum-totals.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Longer windows are counted by three hours, wherever they lie. */
const HOURS_BY_SQL_MAX = 130
const HOUR_SECONDS = 3_600
/** Days that are held by no hour are held by three. */
const SLOT_SECONDS = 10_800
/** The index finds what belongs to so few endpoints sooner. */
const ENDPOINTS_BY_SQL_MAX = 50
const LOOK_FOR_MINUTES_EVERY_MS = 60_000
/** As many writers count the same signature without waiting for each other. */
const SHARDS = 4
const CHECK_VIOLATION = '23514'

type ChartParts = readonly [days: readonly DayOfWindow[], groups: SignatureGroups, window: DecisionFilter]

export function createPostgresDecisionStore(pool: pg.Pool): DecisionStore {
  const days = createDecisionDays(pool)
  const minutes = createMinutesKept(pool)
  const recorded = createRecordedDays(pool)
  const groupsOf = createSignatureGroups()
  const totalsOf = createTotalsByEnvironment()
  const shard = randomInt(SHARDS)

  const lookAgainWhenGone = (error: unknown): never => {
    if (!isMissingPartition(error)) throw error
    days.forget()
    minutes.forget()
    throw new DayGoneError('A day was dropped meanwhile.', { cause: error })
  }
  const readChart = async (filter: DecisionFilter, key: ChartKey): Promise<ChartParts> => {
    const { days, signatures } = await recorded.read(filter, 'counts')
    return [days, groupsOf(signatures, filter, key), filter]
  }
  /** The tables find one endpoint sooner than all days are read, and later than they are added up. */
  const isSummed = (filter: DecisionFilter): boolean => filter.endpoint === undefined || recorded.holds(filter)
  const counts: CountStore = {
    findSignatureIds: (signatures) => findSignatureIds(pool, signatures),
    findStorableDays: (wanted, create) => days.findStorable(wanted, create),
    add: async (batches) => storeBatches(pool, batches, shard, await minutes.findFrom()).catch(lookAgainWhenGone),
    findMinutesFrom: () => findMinutesFrom(pool),
    readSeries: async (filter, by, bucketSeconds, keysMax) =>
      bucketSeconds >= (areHoursHeld(filter) ? HOUR_SECONDS : SLOT_SECONDS) && isSummed(filter)
        ? sumSeries(...(await readChart(filter, { chart: 'series', by })), bucketSeconds, keysMax)
        : readSeries(pool, filter, by, bucketSeconds),
    readTop: async (filter, by, limit) => {
      const minutesFrom = await findMinutesFrom(pool)
      const isInSlots = areHoursHeld(filter) || isLong(filter)
      return areMinutesAsked(filter, minutesFrom) || !isInSlots || !isSummed(filter)
        ? readTop(pool, filter, by, limit, minutesFrom)
        : sumTop(...(await readChart(filter, { chart: 'top', by })), limit)
    },
    readTotals: async (window) =>
      isOfMany(window)
        ? totalsOf(window.environmentId)(await recorded.read(window, 'with-ages'), window.endpointIds)
        : readSignatureTotals(pool, window),
  }
  const samples: SampleStore = {
    add: (added) => storeSamples(pool, added).catch(lookAgainWhenGone),
    search: (filter, after, limit) => readSamples(pool, filter, after, limit),
    find: (environmentId, id) => findSample(pool, environmentId, id),
  }
  return { counts, samples }
}

const isLong = ({ from, to }: DecisionFilter): boolean => to.getTime() - from.getTime() > HOURS_BY_SQL_MAX * HOUR_MS
const areHoursHeld = ({ from }: DecisionFilter): boolean => from.getTime() >= hoursFrom()

/** Of many endpoints and everybody, up to now and since a day that is folded: what days are added up for. */
const isOfMany = ({ endpointIds, callers = null, scopes = null, from, to }: TotalsWindow): boolean =>
  callers === null &&
  scopes === null &&
  (endpointIds === null || endpointIds.length > ENDPOINTS_BY_SQL_MAX) &&
  Date.now() - from.getTime() > 2 * DAY_MS &&
  Date.now() - to.getTime() < HOUR_MS

/** Where minutes may be written, asked for now and then: it moves forward by hours. */
function createMinutesKept(pool: pg.Pool) {
  let known: { readonly from: Date; readonly at: number } | null = null
  return {
    forget: () => {
      known = null
    },
    findFrom: async (): Promise<Date> => {
      const now = performance.now()
      if (known === null || now - known.at > LOOK_FOR_MINUTES_EVERY_MS)
        known = { from: await findMinutesFrom(pool), at: now }
      return known.from
    },
  }
}

/** Each keeps what its own days add up to. */
function createTotalsByEnvironment(): (environmentId: string) => SumTotals {
  const sums = new Map<string, SumTotals>()
  return (environmentId) => {
    const known = sums.get(environmentId) ?? createTotalsSum()
    sums.set(environmentId, known)
    return known
  }
}

const isMissingPartition = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION && error.message.includes('no partition')
