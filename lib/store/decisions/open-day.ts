import { dayOf, toDate } from './decision-days.ts'
import { HOURS } from './decision-hours.ts'
import { areReadAnew, createHeldParts } from './held-parts.ts'
import { mergeDays } from './merge-days.ts'
import { createOverHours, type ReadHours } from './over-hours.ts'
import type { PlacedDay } from './recorded-days.ts'

const HOUR_MS = 3_600_000
/** The present one and those before it of which something may be told that is not late; one more, as clocks differ. */
const HOURS_OPEN = 3
/** Counts may come for the hour after the present one, too, as clocks differ. */
const HOURS_AHEAD = 1
/** How old counts may be where there are many: from the present hour on, and of those before it, which change little. */
const PRESENT_FRESH_MS = 10_000
const OPEN_FRESH_MS = 60_000

type ReadHour = () => Promise<readonly PlacedDay[]>

/** As of a version of the day; null where nothing was told of it. */
export type ReadOpenDay = (now: number, version: string) => Promise<PlacedDay | null>

/**
 * The day that is not over: its open hours are read again and again, those before them once. An hour that comes to be over stays
 * open until it was read with the others, so that nobody waits when the clock strikes.
 */
export function createOpenDay(readHours: ReadHours): ReadOpenDay {
  const readOver = createOverHours(readHours)
  const open = new Map<number, ReadHour>()
  let today = ''
  let present = 0
  let merged: { readonly parts: readonly PlacedDay[]; readonly day: PlacedDay } | null = null

  const holdHour = (day: string, hour: number): ReadHour =>
    createHeldParts(
      () => readHours({ day, fromHour: hour, toHour: hour + 1 }),
      // An hour of a large fleet begins with few.
      (parts) => areReadAnew(Math.max(...parts.map(({ places }) => places.length), merged?.day.places.length ?? 0)),
      () => (hour < present ? OPEN_FRESH_MS : PRESENT_FRESH_MS),
      1,
    )
  const readOpen = (day: string, hour: number): Promise<readonly PlacedDay[]> => {
    const read = open.get(hour) ?? holdHour(day, hour)
    open.set(hour, read)
    return read()
  }
  const begin = (day: string): void => {
    open.clear()
    today = day
  }

  return async (now, version) => {
    const day = toDate(dayOf(now))
    if (day !== today) begin(day)
    present = Math.floor(now / HOUR_MS) % HOURS.length
    const toHour = Math.max(0, present + 1 - HOURS_OPEN)
    const over = toHour === 0 ? null : await readOver({ day, toHour, version })
    const openFrom = over?.toHour ?? 0
    for (const hour of open.keys()) if (hour < openFrom) open.delete(hour)
    const hours = HOURS.slice(openFrom, present + 1 + HOURS_AHEAD)
    const read = await Promise.all(hours.map((hour) => readOpen(day, hour)))
    const parts = [...(over === null ? [] : [over.counted]), ...read.flat()].filter(({ places }) => places.length > 0)
    if (parts.length === 0) return null
    if (merged === null || !isSame(merged.parts, parts)) merged = { parts, day: mergeDays(parts) }
    return merged.day
  }
}

const isSame = (parts: readonly PlacedDay[], others: readonly PlacedDay[]): boolean =>
  parts.length === others.length && parts.every((part, at) => part === others[at])
