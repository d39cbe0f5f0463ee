import type pg from 'pg'
import { sumTokenAges } from './sum-token-ages.ts'

const MINUTE_MS = 60_000

export interface CountRow {
  readonly signatureId: string
  /** Start of the minute. */
  readonly minuteMs: number
  readonly count: number
  readonly tokenAges: readonly number[] | null
}

/** What one report of an instance adds to the counts. */
export interface CountedBatch {
  /** Id of the batch, unique across services. */
  readonly key: string
  readonly instanceId: string
  readonly dropped: number
  readonly counts: readonly CountRow[]
}

/**
 * One statement, and so all or nothing: where one of the batches is there already, nothing is counted. Rows are written in the order
 * of their keys, so that two gateways cannot deadlock; the shard keeps them from waiting for each other. A day gets another version
 * by what is told of it late: once it is over, or of an hour once the next one is over. Nothing else need be read again.
 */
const STORE = `
  WITH ids AS (
    INSERT INTO ingest_batch (batch_id) SELECT key FROM unnest($1::uuid[]) AS key ORDER BY key
  ), counted AS (
    SELECT signature_id, 'epoch'::timestamptz + minute * interval '1 minute' AS bucket, count, ages::bigint[] AS ages
    FROM unnest($2::bigint[], $3::int[], $4::bigint[], $5::text[]) AS folded (signature_id, minute, count, ages)
  ), minutes AS (
    INSERT INTO decision_minute AS known (signature_id, bucket, shard, count)
    SELECT signature_id, bucket, $6::smallint, count FROM counted WHERE bucket >= $7 ORDER BY bucket, signature_id
    ON CONFLICT (bucket, signature_id, shard) DO UPDATE SET count = known.count + excluded.count
  ), hours AS (
    INSERT INTO decision_hour AS known (signature_id, bucket, shard, count, token_ages)
    SELECT signature_id, date_trunc('hour', bucket, 'UTC') AS hour, $6::smallint, sum(count)::bigint, ${sumTokenAges('ages')}
    FROM counted GROUP BY signature_id, hour ORDER BY hour, signature_id
    ON CONFLICT (bucket, signature_id, shard) DO UPDATE SET
      count = known.count + excluded.count, token_ages = add_token_ages(known.token_ages, excluded.token_ages)
    RETURNING bucket
  ), late AS (
    INSERT INTO decision_day_version AS known (day, version)
    SELECT DISTINCT (bucket AT TIME ZONE 'UTC')::date AS day, 1 FROM hours WHERE bucket < greatest(date_trunc('day', now(), 'UTC'), date_trunc('hour', now(), 'UTC') - interval '1 hour') ORDER BY day
    ON CONFLICT (day) DO UPDATE SET version = known.version + 1
  )
  UPDATE instance SET dropped_total = dropped_total + reported.dropped
  FROM unnest($8::uuid[], $9::bigint[]) AS reported (instance_id, dropped)
  WHERE instance.id = reported.instance_id`

const UNIQUE_VIOLATION = '23505'

/** Answers the keys of the batches that were not stored before. */
export async function storeBatches(
  pool: pg.Pool,
  batches: readonly CountedBatch[],
  shard: number,
  minutesFrom: Date,
): Promise<Set<string>> {
  let left = batches
  while (left.length > 0) {
    try {
      await storeNewBatches(pool, left, shard, minutesFrom)
      break
    } catch (error) {
      if (!isStoredBefore(error)) throw error
      const stored = await findStored(pool, left)
      if (stored.size === 0) throw error
      left = left.filter(({ key }) => !stored.has(key))
    }
  }
  return new Set(left.map(({ key }) => key))
}

async function storeNewBatches(
  pool: pg.Pool,
  batches: readonly CountedBatch[],
  shard: number,
  minutesFrom: Date,
): Promise<void> {
  const { signatureIds, minutes, counts, ages } = toColumns(foldCounts(batches))
  const drops = [...sumDrops(batches)]
  const values = [
    batches.map(({ key }) => key),
    ...[signatureIds, minutes, counts, ages].map(toArrayLiteral),
    ...[shard, minutesFrom],
    ...[drops.map(([instanceId]) => instanceId), drops.map(([, dropped]) => dropped)],
  ]
  await pool.query({ name: 'store-batches', text: STORE, values })
}

async function findStored(pool: pg.Pool, batches: readonly CountedBatch[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ key: string }>(
    'SELECT batch_id::text AS key FROM ingest_batch WHERE batch_id = ANY ($1::uuid[])',
    [batches.map(({ key }) => key)],
  )
  return new Set(rows.map(({ key }) => key))
}

const isStoredBefore = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === UNIQUE_VIOLATION &&
  'table' in error &&
  error.table === 'ingest_batch'

function sumDrops(batches: readonly CountedBatch[]): Map<string, number> {
  const drops = new Map<string, number>()
  for (const { instanceId, dropped } of batches)
    if (dropped > 0) drops.set(instanceId, (drops.get(instanceId) ?? 0) + dropped)
  return drops
}

/** What a signature was counted in a minute, however many reports say so: PostgreSQL has a row each to write, not a row a report. */
export function foldCounts(batches: readonly CountedBatch[]): CountRow[] {
  const minutes = new Map<number, Map<string, FoldedRow>>()
  for (const { counts } of batches) {
    for (const row of counts) {
      const signatures = minutes.get(row.minuteMs) ?? new Map<string, FoldedRow>()
      minutes.set(row.minuteMs, signatures)
      const known = signatures.get(row.signatureId)
      if (known === undefined) signatures.set(row.signatureId, { ...row, tokenAges: row.tokenAges?.slice() ?? null })
      else addCounts(known, row)
    }
  }
  return [...minutes.values()].flatMap((signatures) => [...signatures.values()])
}

interface FoldedRow extends CountRow {
  count: number
  tokenAges: number[] | null
}

function addCounts(folded: FoldedRow, { count, tokenAges }: CountRow): void {
  folded.count += count
  if (tokenAges === null) return
  const ages = (folded.tokenAges ??= tokenAges.map(() => 0))
  for (let bucket = 0; bucket < tokenAges.length; bucket++)
    ages[bucket] = (ages[bucket] ?? 0) + (tokenAges[bucket] ?? 0)
}

interface Columns {
  readonly signatureIds: string[]
  readonly minutes: number[]
  readonly counts: number[]
  readonly ages: string[]
}

function toColumns(rows: readonly CountRow[]): Columns {
  const columns: Columns = { signatureIds: [], minutes: [], counts: [], ages: [] }
  for (const { signatureId, minuteMs, count, tokenAges } of rows) {
    columns.signatureIds.push(signatureId)
    columns.minutes.push(minuteMs / MINUTE_MS)
    columns.counts.push(count)
    columns.ages.push(tokenAges === null ? 'NULL' : `"{${tokenAges.join()}}"`)
  }
  return columns
}

/** For numbers and what is quoted already: pg itself would look at every element for characters to escape. */
const toArrayLiteral = (elements: readonly (number | string)[]): string => `{${elements.join()}}`
