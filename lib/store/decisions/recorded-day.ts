import type pg from 'pg'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import { HOURS, SUMS_BY_HOUR } from './decision-hours.ts'
import { createPlaces } from './places.ts'
import { countLines, readNumberLines } from './number-lines.ts'
import { sumTokenAges } from './sum-token-ages.ts'

const UINT32_MAX = 0xffff_ffff

type Numbers = Uint32Array | Float64Array

/** Charts of months need no hours, which would take half as much space again. */
export type HoursPerSlot = 1 | 3

export const slotsPerDay = (hoursPerSlot: HoursPerSlot): number => HOURS.length / hoursPerSlot

/** What was counted on a day, UTC, row by row; `slots` and `ages` hold the rows one after the other, one for each signature. */
export interface RecordedDay {
  readonly hoursPerSlot: HoursPerSlot
  readonly signatureIds: Float64Array
  /** Requests by slot. */
  readonly slots: Numbers
  /** None at all where nobody asked for them. */
  readonly ages: Numbers
  /** 1 where ages are known. */
  readonly hasAges: Uint8Array
}

/** One value for all rows, and as text, which is shorter than numbers: to receive twenty thousand rows costs more than to add them up. */
const DAY = `
  WITH known AS (SELECT id FROM decision_signature WHERE environment_id = $1)
  SELECT string_agg(signature_id || hours::text || coalesce(token_ages::text, ''), E'\\n') AS rows FROM (
    SELECT signature_id, hours, token_ages FROM decision_day WHERE day = $2::date AND signature_id IN (SELECT id FROM known)
    UNION ALL
    SELECT signature_id, ${SUMS_BY_HOUR}, ${sumTokenAges('token_ages')} FROM (
      SELECT signature_id, token_ages, count, extract(hour FROM bucket AT TIME ZONE 'UTC')::int AS hour FROM decision_hour
      WHERE bucket >= $2::date::timestamp AT TIME ZONE 'UTC' AND bucket < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
        AND signature_id IN (SELECT id FROM known)
    ) AS hours GROUP BY signature_id
  ) AS counted`

/** From the rows, wherever they are. */
export async function readRecordedDay(
  pool: pg.Pool,
  environmentId: string,
  { day, hoursPerSlot }: { readonly day: string; readonly hoursPerSlot: HoursPerSlot },
  timeout: { readonly query_timeout?: number } = {},
): Promise<RecordedDay> {
  const { rows } = await pool.query<{ rows: string | null }>({ text: DAY, values: [environmentId, day], ...timeout })
  const text = rows[0]?.rows ?? ''
  const filled = createRows(countLines(text))
  await readNumberLines(text, ROW_NUMBERS, (numbers, count) => {
    const row = filled.rowOf(numbers[0] ?? 0)
    for (const hour of HOURS) filled.addCount(row, hour, numbers[1 + hour] ?? 0)
    if (count === ROW_NUMBERS) filled.addAges(row, numbers, 1 + HOURS.length)
  })
  return filled.toDay(hoursPerSlot)
}

const ROW_NUMBERS = 1 + HOURS.length + TOKEN_AGE_BUCKETS

/** Hours of a day, from the first to before the end. */
export interface HourSpan {
  readonly day: string
  readonly fromHour: number
  readonly toHour: number
}

/** Charts need no ages, which take longer to read than all the rest. */
export type CountedToday = 'counts' | 'with-ages'

/** As they are: to add them up here costs a tenth of what it costs PostgreSQL. */
const toHoursOfDay = (ages: string): string => `
  SELECT string_agg(signature_id || ' ' || extract(hour FROM bucket AT TIME ZONE 'UTC')::int || ' ' || count${ages}, E'\\n') AS rows
  FROM decision_hour
  WHERE bucket >= ($2::date + make_interval(hours => $3)) AT TIME ZONE 'UTC' AND bucket < ($2::date + make_interval(hours => $4)) AT TIME ZONE 'UTC'
    AND signature_id IN (SELECT id FROM decision_signature WHERE environment_id = $1)`

const HOURS_OF_DAY: Record<CountedToday, string> = {
  counts: toHoursOfDay(''),
  'with-ages': toHoursOfDay(` || coalesce(token_ages::text, '')`),
}

const HOUR_NUMBERS = 3 + TOKEN_AGE_BUCKETS

/** Of a day that is not folded yet. */
export async function readRecordedHours(
  pool: pg.Pool,
  environmentId: string,
  { day, fromHour, toHour }: HourSpan,
  counted: CountedToday,
): Promise<RecordedDay> {
  const asked = [environmentId, day, fromHour, toHour]
  const { rows } = await pool.query<{ rows: string | null }>(HOURS_OF_DAY[counted], asked)
  const text = rows[0]?.rows ?? ''
  const filled = createRows(Math.ceil(countLines(text) / (toHour - fromHour)), counted)
  await readNumberLines(text, HOUR_NUMBERS, (numbers, count) => {
    const row = filled.rowOf(numbers[0] ?? 0)
    filled.addCount(row, numbers[1] ?? 0, numbers[2] ?? 0)
    if (count === HOUR_NUMBERS) filled.addAges(row, numbers, 3)
  })
  return filled.toDay(1)
}

/** Rows that are added up one after the other, each of a signature. */
function createRows(rowsExpected: number, counted: CountedToday = 'with-ages') {
  const rows = createPlaces()
  let capacity = Math.max(1, rowsExpected)
  let signatureIds = new Float64Array(capacity)
  let hasAges = new Uint8Array(capacity)
  let hours = new Float64Array(capacity * HOURS.length)
  const agesPerRow = counted === 'counts' ? 0 : TOKEN_AGE_BUCKETS
  let ages = new Float64Array(capacity * agesPerRow)

  const grow = (): void => {
    capacity *= 2
    signatureIds = withRoom(signatureIds, new Float64Array(capacity))
    hasAges = withRoom(hasAges, new Uint8Array(capacity))
    hours = withRoom(hours, new Float64Array(capacity * HOURS.length))
    ages = withRoom(ages, new Float64Array(capacity * agesPerRow))
  }

  return {
    rowOf: (signatureId: number): number => {
      const row = rows.placeOf(signatureId)
      if (row === capacity) grow()
      signatureIds[row] = signatureId
      return row
    },
    addCount: (row: number, hour: number, count: number): void => {
      const at = row * HOURS.length + hour
      hours[at] = (hours[at] ?? 0) + count
    },
    addAges: (row: number, numbers: Float64Array, from: number): void => {
      hasAges[row] = 1
      addNumbers(ages, row * TOKEN_AGE_BUCKETS, numbers, from, TOKEN_AGE_BUCKETS)
    },
    toDay: (hoursPerSlot: HoursPerSlot): RecordedDay => ({
      hoursPerSlot,
      signatureIds: signatureIds.slice(0, rows.count()),
      slots: toSlots(hours.subarray(0, rows.count() * HOURS.length), hoursPerSlot),
      ages: narrow(ages.slice(0, rows.count() * agesPerRow)),
      hasAges: hasAges.slice(0, rows.count()),
    }),
  }
}

/** To those that begin at `to`, as many as `width` of those that begin at `from`. */
export function addNumbers(sums: Float64Array, to: number, numbers: Numbers, from: number, width: number): void {
  for (let at = 0; at < width; at++) sums[to + at] = (sums[to + at] ?? 0) + (numbers[from + at] ?? 0)
}

function withRoom<Numbers extends Float64Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}

/** Hours added up to slots. */
export function toSlots(hours: ArrayLike<number>, hoursPerSlot: HoursPerSlot): Numbers {
  const slots = new Float64Array(hours.length / hoursPerSlot)
  for (let hour = 0; hour < hours.length; hour++) {
    const slot = Math.floor(hour / hoursPerSlot)
    slots[slot] = (slots[slot] ?? 0) + (hours[hour] ?? 0)
  }
  return narrow(slots)
}

/** Half the space, except on a day when a signature was met billions of times within hours. */
export const narrow = (numbers: Float64Array): Numbers =>
  numbers.every((number) => number <= UINT32_MAX) ? new Uint32Array(numbers) : numbers
