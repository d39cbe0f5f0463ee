import type pg from 'pg'
import { boundMinutes } from '#lib/store/decisions/retention.ts'
import { fillMinutes, type RecordedMonth } from './recorded-month.ts'
import { judge } from './verdicts.ts'

const BYTES_MAX = 2e9
/** Two that are kept, and the three of the partition before them: at most so many are there when minutes are bound by space. */
const HOURS_OF_MINUTES = 5

/** Of yesterday and today; until now there are fewer. */
const HOURS_OPEN_MAX = 48

const SIZES = `
  SELECT name, sum(pg_total_relation_size(oid))::float8 AS bytes FROM (
    SELECT c.oid, coalesce(p.inhparent::regclass::text, c.relname) AS name
    FROM pg_class c LEFT JOIN pg_inherits p ON p.inhrelid = c.oid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  ) AS tables WHERE name LIKE 'decision_%' GROUP BY name HAVING sum(pg_total_relation_size(oid)) > 1e6 ORDER BY 2 DESC`

const BATCH_IDS = 500_000
/** Of 500 instances that report every five seconds. */
const BATCHES_PER_DAY = 500 * (86_400 / 5)

/** They follow instances, not decisions, and are kept for a day. */
async function showBatchIds(client: pg.Client): Promise<void> {
  const sizeOf = async (): Promise<number> =>
    (await client.query<{ bytes: number }>(`SELECT pg_total_relation_size('ingest_batch')::float8 AS bytes`)).rows[0]
      ?.bytes ?? 0
  const before = await sizeOf()
  await client.query('INSERT INTO ingest_batch (batch_id) SELECT gen_random_uuid() FROM generate_series(1, $1)', [
    BATCH_IDS,
  ])
  const each = ((await sizeOf()) - before) / BATCH_IDS
  console.log(
    `  beside them, ids of batches: ${each.toFixed(0)} bytes each, ${((each * BATCHES_PER_DAY) / 1e6).toFixed(0)} MB for a day of 500 instances`,
  )
}

/** All tables of decisions after a month, with every row they would have; samples follow denials and are bounded apart. */
export async function measureGrowth(client: pg.Client, pool: pg.Pool, month: RecordedMonth): Promise<void> {
  await fillMinutes(client, month, HOURS_OF_MINUTES)
  const minutesMost = bytesOf(await readSizes(client), 'decision_minute')
  await boundMinutes(pool)
  const rows = await readSizes(client)
  for (const { name, bytes } of rows) console.log(`  ${name.padEnd(24)} ${(bytes / 1e6).toFixed(0).padStart(6)} MB`)
  await showBatchIds(client)
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  const hoursMost = (bytesOf(rows, 'decision_hour') * HOURS_OPEN_MAX) / (25 + new Date().getUTCHours())
  const most = bytes - bytesOf(rows, 'decision_minute', 'decision_hour') + minutesMost + hoursMost
  judge({
    what: 'growth, 100 M decisions a day, 20,000 signatures, 30 days',
    goal: '≤ 2 GB',
    measured: `${(bytes / 1e9).toFixed(2)} GB, ${(most / 1e9).toFixed(2)} GB at the worst moment of a day`,
    isMet: most <= BYTES_MAX,
  })
}

interface Size {
  readonly name: string
  readonly bytes: number
}

const readSizes = async (client: pg.Client): Promise<Size[]> => (await client.query<Size>(SIZES)).rows

const bytesOf = (sizes: readonly Size[], ...names: readonly string[]): number =>
  sizes.filter(({ name }) => names.includes(name)).reduce((sum, { bytes }) => sum + bytes, 0)
