import type pg from 'pg'
import { dayOf, toDate } from './decision-days.ts'
import { createHeld } from './held.ts'
import { readRecordedDay, type RecordedDay } from './recorded-day.ts'
import { readRecordedSignatures, type RecordedSignature } from './recorded-signatures.ts'

const DAY_MS = 86_400_000
/** Of all environments together. A month of twenty thousand signatures takes 70 MB. */
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
  /** By place. Of one that is gone, or newer than the list, nothing is known. */
  readonly signatures: readonly (RecordedSignature | undefined)[]
  readonly days: readonly DayOfWindow[]
}

interface HeldDay {
  readonly version: string
  readonly day: PlacedDay
}

interface HeldEnvironment {
  readonly placeOf: (signatureId: number) => number
  readonly signatures: () => Promise<RecordedWindow['signatures']>
  /** The day that is not over. */
  today: { readonly day: string; readonly read: () => Promise<PlacedDay> } | null
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
  const readPlaced = async (environmentId: string, day: string): Promise<PlacedDay> => {
    const { placeOf } = environmentOf(environmentId)
    const { signatureIds, ...counted } = await readRecordedDay(pool, environmentId, day)
    return { ...counted, places: Int32Array.from(signatureIds, placeOf) }
  }
  const readOnce = (environmentId: string, day: string, version: string): Promise<PlacedDay> => {
    const key = `${environmentId} ${day} ${version}`
    const present = reading.get(key)
    if (present !== undefined) return present
    const started = readPlaced(environmentId, day).finally(() => reading.delete(key))
    reading.set(key, started)
    return started
  }
  const readPast = async (environmentId: string, day: string, version: string): Promise<PlacedDay> => {
    const key = `${environmentId} ${day}`
    const known = held.get(key)
    // The version was read before the day: what is held is at least as new as it says.
    const entry = known?.version === version ? known : { version, day: await readOnce(environmentId, day, version) }
    keep(key, entry)
    return entry.day
  }
  const environmentOf = (environmentId: string): HeldEnvironment => {
    const known = environments.get(environmentId)
    if (known !== undefined) return known
    const placeOf = createPlaces()
    const signatures = createHeld(
      async () => place(await readRecordedSignatures(pool, environmentId), placeOf),
      ({ length }) => length,
    )
    const made: HeldEnvironment = { placeOf, signatures, today: null }
    environments.set(environmentId, made)
    return made
  }
  const readToday = (environmentId: string, day: string): Promise<PlacedDay> => {
    const environment = environmentOf(environmentId)
    if (environment.today?.day !== day)
      environment.today = {
        day,
        read: createHeld(
          () => readPlaced(environmentId, day),
          ({ places }) => places.length,
        ),
      }
    return environment.today.read()
  }

  return async (environmentId: string, from: Date, to: Date): Promise<RecordedWindow> => {
    const today = toDay(Date.now())
    const wanted = listDays(from, to)
    const versions = await readVersions(pool, wanted)
    const days: DayOfWindow[] = []
    for (const startMs of wanted) {
      const day = toDay(startMs)
      const isOver = day < today
      const read = isOver ? readPast(environmentId, day, versions.get(day) ?? '') : readToday(environmentId, day)
      days.push({ startMs, ...(await read) })
    }
    // After the days, so that every signature they name is known.
    return { days, signatures: await environmentOf(environmentId).signatures() }
  }
}

/** A number for each id, in the order in which they are met. */
function createPlaces(): (signatureId: number) => number {
  const places = new Map<number, number>()
  return (signatureId) => {
    const known = places.get(signatureId)
    if (known !== undefined) return known
    places.set(signatureId, places.size)
    return places.size - 1
  }
}

function place(
  rows: readonly RecordedSignature[],
  placeOf: (signatureId: number) => number,
): RecordedWindow['signatures'] {
  const placed: (RecordedSignature | undefined)[] = []
  for (const row of rows) placed[placeOf(Number(row.signatureId))] = row
  return Array.from(placed)
}

async function readVersions(pool: pg.Pool, days: readonly number[]): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ day: string; version: string }>(VERSIONS, [
    toDay(days[0] ?? 0),
    toDay(days.at(-1) ?? 0),
  ])
  return new Map(rows.map(({ day, version }) => [day, version]))
}

function listDays(from: Date, to: Date): number[] {
  const first = Math.floor(from.getTime() / DAY_MS)
  const last = Math.ceil(Math.min(to.getTime(), Date.now()) / DAY_MS)
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => (first + index) * DAY_MS)
}

const bytesOf = ({ places, slots, ages, hasAges }: PlacedDay): number =>
  places.byteLength + slots.byteLength + ages.byteLength + hasAges.byteLength

const toDay = (ms: number): string => toDate(dayOf(ms))
