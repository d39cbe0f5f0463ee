import type pg from 'pg'
import { dayOf, toDate } from './decision-days.ts'
import { createOpenDay, type ReadOpenDay } from './open-day.ts'
import { readDaySegment } from './day-segments.ts'
import {
  readRecordedDay,
  readRecordedHours,
  type CountedToday,
  type HoursPerSlot,
  type RecordedDay,
} from './recorded-day.ts'
import { createPlaces, type Places } from './places.ts'
import { createRecordedSignatures, type PlacedSignatures } from './recorded-signatures.ts'

const DAY_MS = 86_400_000
/** Before today. */
const HOURS_HELD_DAYS = 6
/** Version of a day of which nothing was told after it was over. */
const NEVER_TOLD = '0'
/** Of all environments together. A month of twenty thousand signatures takes 77 MB. */
const BYTES_MAX = 128 * 1024 * 1024

/** A day whose rows name their signatures by their place among those of the environment. */
export interface PlacedDay extends Omit<RecordedDay, 'signatureIds'> {
  readonly places: Int32Array
}

export interface DayOfWindow extends PlacedDay {
  readonly startMs: number
}

/** Everything that was recorded of an environment between two days. */
export interface RecordedWindow {
  readonly signatures: PlacedSignatures
  readonly days: readonly DayOfWindow[]
}

interface AskedWindow {
  readonly environmentId: string
  readonly from: Date
  readonly to: Date
}

interface HeldDay {
  readonly version: string
  readonly day: PlacedDay
}

/** A day of an environment as somebody asks for it. */
interface AskedDay {
  readonly environmentId: string
  readonly day: string
  readonly hoursPerSlot: HoursPerSlot
}

interface HeldEnvironment {
  readonly placeOf: Places['placeOf']
  readonly signatures: () => Promise<PlacedSignatures>
  readonly readToday: Readonly<Record<CountedToday, ReadOpenDay>>
}

const VERSIONS =
  'SELECT day::text AS day, version::text AS version FROM decision_day_version WHERE day BETWEEN $1 AND $2'

/**
 * Days that are over, held in memory until something is told of them: what a question about a month costs then follows from its
 * signatures, and neither from the requests nor from the rows of the month.
 */
export function createRecordedDays(pool: pg.Pool, bytesMax = BYTES_MAX) {
  const held = new Map<string, HeldDay>()
  /** By key and version: several charts ask for the same month at once. */
  const reading = new Map<string, Promise<PlacedDay>>()
  const environments = new Map<string, HeldEnvironment>()
  let bytes = 0

  const keep = (key: string, entry: HeldDay): void => {
    drop(key)
    held.set(key, entry)
    bytes += bytesOf(entry.day)
    while (bytes > bytesMax && held.size > 1) drop(held.keys().next().value ?? '')
  }
  const drop = (key: string): void => {
    const entry = held.get(key)
    if (entry !== undefined && held.delete(key)) bytes -= bytesOf(entry.day)
  }
  const place = (environmentId: string, { signatureIds, ...counted }: RecordedDay): PlacedDay => ({
    ...counted,
    places: Int32Array.from(signatureIds, environmentOf(environmentId).placeOf),
  })
  const readRows = async ({ environmentId, ...asked }: AskedDay): Promise<PlacedDay> =>
    place(environmentId, await readRecordedDay(pool, environmentId, asked))
  const readVersion = async (asked: AskedDay, version: string): Promise<PlacedDay> => {
    const { environmentId, day, hoursPerSlot } = asked
    const segment = await readDaySegment(pool, environmentId, day, version, hoursPerSlot)
    return segment === null ? readRows(asked) : place(environmentId, segment)
  }
  const readOnce = (asked: AskedDay, version: string): Promise<PlacedDay> => {
    const key = `${asked.environmentId} ${asked.day} ${version}`
    const present = reading.get(key)
    if (present !== undefined) return present
    const started = readVersion(asked, version).finally(() => reading.delete(key))
    reading.set(key, started)
    return started
  }
  const readPast = async (asked: AskedDay, version: string): Promise<PlacedDay> => {
    const key = `${asked.environmentId} ${asked.day}`
    const known = held.get(key)
    // The version was read before the day: what is held is at least as new as it says.
    const entry = known?.version === version ? known : { version, day: await readOnce(asked, version) }
    keep(key, entry)
    return entry.day
  }
  const environmentOf = (environmentId: string): HeldEnvironment => {
    const known = environments.get(environmentId)
    if (known !== undefined) return known
    const places = createPlaces()
    const signatures = createRecordedSignatures(pool, environmentId, places)
    const createToday = (counted: CountedToday): ReadOpenDay =>
      createOpenDay(async (span) => place(environmentId, await readRecordedHours(pool, environmentId, span, counted)))
    const readToday = { counts: createToday('counts'), 'with-ages': createToday('with-ages') }
    const made: HeldEnvironment = { placeOf: places.placeOf, signatures, readToday }
    environments.set(environmentId, made)
    return made
  }
  const readOver = async (
    environmentId: string,
    startsMs: readonly number[],
    versionOf: (startMs: number) => string,
    now: number,
  ): Promise<DayOfWindow[]> => {
    const days: DayOfWindow[] = []
    for (const startMs of startsMs) {
      const asked: AskedDay = { environmentId, day: toDay(startMs), hoursPerSlot: startMs < hoursFrom(now) ? 3 : 1 }
      days.push({ startMs, ...(await readPast(asked, versionOf(startMs))) })
    }
    return days
  }

  const read = async ({ environmentId, from, to }: AskedWindow, counted: CountedToday): Promise<RecordedWindow> => {
    const now = Date.now()
    const today = dayOf(now) * DAY_MS
    const wanted = listDays(from, to, now)
    const versionOf = await readVersions(pool, wanted)
    const over = wanted.filter((startMs) => startMs < today)
    const [days, open] = await Promise.all([
      readOver(environmentId, over, versionOf, now),
      wanted.includes(today) ? environmentOf(environmentId).readToday[counted](now, versionOf(today)) : null,
    ])
    if (open !== null) days.push({ startMs: today, ...open })
    // After the days, so that every signature they name is known.
    return { days, signatures: await environmentOf(environmentId).signatures() }
  }
  /** Whether days are over, and none of them would have to be read. */
  const holds = ({ environmentId, from, to }: AskedWindow): boolean => {
    const now = Date.now()
    const today = dayOf(now) * DAY_MS
    const over = listDays(from, to, now).filter((startMs) => startMs < today)
    return over.length > 0 && over.every((startMs) => held.has(`${environmentId} ${toDay(startMs)}`))
  }
  return { read, holds }
}

/** Since when days are held by the hour. */
export const hoursFrom = (now = Date.now()): number => (dayOf(now) - HOURS_HELD_DAYS) * DAY_MS

/** Before the days: what is read after that is at least as new as they say. */
async function readVersions(pool: pg.Pool, days: readonly number[]): Promise<(startMs: number) => string> {
  const { rows } = await pool.query<{ day: string; version: string }>(VERSIONS, [
    toDay(days[0] ?? 0),
    toDay(days.at(-1) ?? 0),
  ])
  const versions = new Map(rows.map(({ day, version }) => [day, version]))
  return (startMs) => versions.get(toDay(startMs)) ?? NEVER_TOLD
}

function listDays(from: Date, to: Date, now: number): number[] {
  const first = Math.floor(from.getTime() / DAY_MS)
  const last = Math.ceil(Math.min(to.getTime(), now) / DAY_MS)
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => (first + index) * DAY_MS)
}

/** Of a row, to be found by its place, and as a table of the whole day keeps it. */
const SUM_BYTES = Int32Array.BYTES_PER_ELEMENT + Float64Array.BYTES_PER_ELEMENT

const bytesOf = ({ places, slots, ages, hasAges }: PlacedDay): number =>
  places.byteLength + slots.byteLength + ages.byteLength + hasAges.byteLength + places.length * SUM_BYTES

const toDay = (ms: number): string => toDate(dayOf(ms))
