import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'
import { HOURS, SUMS_BY_HOUR } from './decision-hours.ts'
import { ALL_SIGNATURES, type SignaturePart } from './held-parts.ts'
import { sumTokenAges } from './sum-token-ages.ts'

const UINT32_MAX = 0xffff_ffff

type Numbers = Uint32Array | Float64Array

/** Charts of months need no hours, which would take half as much space again. */
export type HoursPerSlot = 1 | 3

export const slotsPerDay = (hoursPerSlot: HoursPerSlot): number => HOURS.length / hoursPerSlot

/** What was counted on a day, UTC, row by row; `slots` and `ages` hold the rows one after the other. A signature may have two. */
export interface RecordedDay {
  readonly hoursPerSlot: HoursPerSlot
  readonly signatureIds: Float64Array
  /** Requests by slot. */
  readonly slots: Numbers
  readonly ages: Numbers
  /** 1 where ages are known. */
  readonly hasAges: Uint8Array
}

/** One value for all rows, and as text, which is shorter than numbers: to receive twenty thousand rows costs more than to add them up. */
const DAY = `
  WITH known AS (SELECT id FROM decision_signature WHERE environment_id = $1 AND id % $5 = $6)
  SELECT string_agg(signature_id || hours::text || coalesce(token_ages::text, ''), E'\\n') AS rows FROM (
    SELECT signature_id, hours, token_ages FROM decision_day
    WHERE day = $2::date AND $3 = 0 AND $4 = 24 AND signature_id IN (SELECT id FROM known)
    UNION ALL
    SELECT signature_id, ${SUMS_BY_HOUR}, ${sumTokenAges('token_ages')} FROM (
      SELECT signature_id, token_ages, count, extract(hour FROM bucket AT TIME ZONE 'UTC')::int AS hour FROM decision_hour
      WHERE bucket >= ($2::date + make_interval(hours => $3)) AT TIME ZONE 'UTC' AND bucket < ($2::date + make_interval(hours => $4)) AT TIME ZONE 'UTC'
        AND signature_id IN (SELECT id FROM known)
    ) AS hours GROUP BY signature_id
  ) AS counted`

/** What to read of a day: hours from the first to before the end. */
export interface DayPart {
  readonly day: string
  readonly hoursPerSlot: HoursPerSlot
  readonly fromHour?: number
  readonly toHour?: number
}

interface ReadOptions {
  readonly which?: SignaturePart
  readonly query_timeout?: number
}

/** From the rows, wherever they are. Of a part of a day, only what is not folded yet. */
export async function readRecordedDay(
  pool: pg.Pool,
  environmentId: string,
  { day, hoursPerSlot, fromHour = 0, toHour = HOURS.length }: DayPart,
  { which: { part, parts } = ALL_SIGNATURES, ...timeout }: ReadOptions = {},
): Promise<RecordedDay> {
  const values = [environmentId, day, fromHour, toHour, parts, part]
  const { rows } = await pool.query<{ rows: string | null }>({ text: DAY, values, ...timeout })
  const { slots, ...parsed } = await parseRows(rows[0]?.rows ?? '')
  return { ...parsed, hoursPerSlot, slots: toSlots(slots, hoursPerSlot) }
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

const DIGIT_ZERO = 48
const NEW_LINE = 10
const OPENING_BRACE = 123

/** So many rows are read before others have their turn: the process that reads them also answers polls. */
const ROWS_PER_TURN = 2_000

/** `17{0,3,…,0}{2,1,…,0}`: the signature, its hours and its ages. */
async function parseRows(text: string): Promise<Omit<RecordedDay, 'hoursPerSlot'>> {
  const count = countLines(text)
  const signatureIds = new Float64Array(count)
  const hasAges = new Uint8Array(count)
  const hours = new Float64Array(count * HOURS.length)
  const ages = new Float64Array(count * TOKEN_AGE_BUCKETS)
  let row = 0
  let column = 0
  let number = 0
  const take = (): void => {
    if (column === 0) signatureIds[row] = number
    else if (column <= HOURS.length) hours[row * HOURS.length + column - 1] = number
    else ages[row * TOKEN_AGE_BUCKETS + column - 1 - HOURS.length] = number
    column++
    number = 0
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= DIGIT_ZERO && code < DIGIT_ZERO + 10) number = number * 10 + code - DIGIT_ZERO
    else if (code === NEW_LINE) {
      row++
      column = 0
      if (row % ROWS_PER_TURN === 0) await setImmediate()
    } else if (code === OPENING_BRACE && column > 0) hasAges[row] = 1
    else take()
  }
  return { signatureIds, hasAges, slots: hours, ages: narrow(ages) }
}

function countLines(text: string): number {
  let lines = text === '' ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Half the space, except on a day when a signature was met billions of times within hours. */
const narrow = (numbers: Float64Array): Numbers =>
  numbers.every((number) => number <= UINT32_MAX) ? new Uint32Array(numbers) : numbers
