import type pg from 'pg'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'

export const SLOT_SECONDS = 10_800
export const SLOTS_PER_DAY = 8
const HOURS_PER_SLOT = 3
const UINT32_MAX = 0xffff_ffff

type Numbers = Uint32Array | Float64Array

/** What was counted on a day, UTC, a row for each signature; `slots` and `ages` hold the rows one after the other. */
export interface RecordedDay {
  readonly signatureIds: Float64Array
  /** Requests by three hours. */
  readonly slots: Numbers
  readonly ages: Numbers
  /** 1 where ages are known. */
  readonly hasAges: Uint8Array
}

const SLOTS = Array.from({ length: SLOTS_PER_DAY }, (_, slot) => slot)
const AGES = Array.from({ length: TOKEN_AGE_BUCKETS }, (_, bucket) => bucket)
const hoursOf = (slot: number): number[] =>
  Array.from({ length: HOURS_PER_SLOT }, (_, index) => slot * HOURS_PER_SLOT + index)

const OF_HOURS = SLOTS.map((slot) => `CASE WHEN hour / ${HOURS_PER_SLOT} = ${slot} THEN count ELSE 0 END AS s${slot}`)
const OF_DAYS = SLOTS.map(
  (slot) =>
    `${hoursOf(slot)
      .map((hour) => `hours[${hour + 1}]`)
      .join(' + ')} AS s${slot}`,
)
const SUMS = [
  'signature_id',
  'count(token_ages)',
  ...SLOTS.map((slot) => `sum(s${slot}::float8)::bigint`),
  ...AGES.map((bucket) => `coalesce(sum(token_ages[${bucket + 1}]::float8), 0)::bigint`),
]

/** One value for all rows: twenty thousand of them would cost more to receive than to add up. */
const DAY = `
  SELECT string_agg(array_send(numbers), ''::bytea) AS rows FROM (
    SELECT ARRAY[${SUMS.join(', ')}]::bigint[] AS numbers FROM (
      SELECT signature_id, token_ages, ${OF_HOURS.join(', ')} FROM (
        SELECT signature_id, token_ages, count, extract(hour FROM bucket AT TIME ZONE 'UTC')::int AS hour FROM decision_hour
        WHERE bucket >= $2::date::timestamp AT TIME ZONE 'UTC' AND bucket < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
      ) AS hours
      UNION ALL
      SELECT signature_id, token_ages, ${OF_DAYS.join(', ')} FROM decision_day WHERE day = $2::date
    ) AS counted
    WHERE signature_id IN (SELECT id FROM decision_signature WHERE environment_id = $1)
    GROUP BY signature_id
  ) AS summed`

/** An array as PostgreSQL sends it: five words of header, and before each number its length. */
const HEADER_BYTES = 20
const NUMBER_BYTES = 12
const ROW_BYTES = HEADER_BYTES + NUMBER_BYTES * (2 + SLOTS_PER_DAY + TOKEN_AGE_BUCKETS)

export async function readRecordedDay(pool: pg.Pool, environmentId: string, day: string): Promise<RecordedDay> {
  const { rows } = await pool.query<{ rows: Buffer | null }>(DAY, [environmentId, day])
  return decode(rows[0]?.rows ?? Buffer.alloc(0))
}

function decode(bytes: Buffer): RecordedDay {
  const count = bytes.length / ROW_BYTES
  const numberAt = (row: number, index: number): number => {
    const at = row * ROW_BYTES + HEADER_BYTES + index * NUMBER_BYTES + 4
    return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)
  }
  const signatureIds = new Float64Array(count)
  const hasAges = new Uint8Array(count)
  const slots = new Float64Array(count * SLOTS_PER_DAY)
  const ages = new Float64Array(count * TOKEN_AGE_BUCKETS)
  for (let row = 0; row < count; row++) {
    signatureIds[row] = numberAt(row, 0)
    hasAges[row] = Math.min(1, numberAt(row, 1))
    for (const slot of SLOTS) slots[row * SLOTS_PER_DAY + slot] = numberAt(row, 2 + slot)
    for (const bucket of AGES) ages[row * TOKEN_AGE_BUCKETS + bucket] = numberAt(row, 2 + SLOTS_PER_DAY + bucket)
  }
  return { signatureIds, hasAges, slots: narrow(slots), ages: narrow(ages) }
}

/** Half the space, except on a day when a signature was met billions of times within hours. */
const narrow = (numbers: Float64Array): Numbers =>
  numbers.every((number) => number <= UINT32_MAX) ? Uint32Array.from(numbers) : numbers
