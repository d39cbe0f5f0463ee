import { dayOf, toDate } from './decision-days.ts'
import { HOURS } from './decision-hours.ts'
import { createHeldParts } from './held-parts.ts'
import { mergeDays } from './merge-days.ts'
import { createOverHours, type ReadHours } from './over-hours.ts'
import type { HourSpan } from './recorded-day.ts'
import type { PlacedDay } from './recorded-days.ts'

const HOUR_MS = 3_600_000
/** The present one and those before it of which something may be told that is not late; one more, as clocks differ. */
const HOURS_OPEN = 3
/** How old counts may be where there are many: of the present hour, and of those before it, which change little. */
const PRESENT_FRESH_MS = 10_000
const OPEN_FRESH_MS = 60_000

interface OpenHours {
  readonly present: number
  readonly read: readonly (() => Promise<readonly PlacedDay[]>)[]
}

/** As of a version of the day; null where nothing was told of it. */
export type ReadOpenDay = (now: number, version: string) => Promise<PlacedDay | null>

/** The day that is not over: its open hours are read again and again, those before them once. */
export function createOpenDay(readHours: ReadHours): ReadOpenDay {
  const readOver = createOverHours(readHours)
  let open: OpenHours | null = null
  let merged: { readonly parts: readonly PlacedDay[]; readonly day: PlacedDay } | null = null

  const hold = (span: HourSpan, freshMs: number): (() => Promise<readonly PlacedDay[]>) =>
    createHeldParts(
      () => readHours(span),
      ({ places }) => places.length,
      freshMs,
      1,
    )
  /** Counts may come for the hour after the present one, too, as clocks differ. */
  const holdFrom = (day: string, first: number, present: number): OpenHours['read'] => [
    ...HOURS.slice(first, present).map((hour) => hold({ day, fromHour: hour, toHour: hour + 1 }, OPEN_FRESH_MS)),
    hold({ day, fromHour: present, toHour: Math.min(HOURS.length, present + 2) }, PRESENT_FRESH_MS),
  ]

  return async (now, version) => {
    const present = Math.floor(now / HOUR_MS)
    const day = toDate(dayOf(now))
    const hour = present % HOURS.length
    const openFrom = Math.max(0, hour + 1 - HOURS_OPEN)
    if (open?.present !== present) open = { present, read: holdFrom(day, openFrom, hour) }
    const over = openFrom === 0 ? NOTHING : readOver({ day, toHour: openFrom, version }).then((counted) => [counted])
    const read = await Promise.all([over, ...open.read.map((readOpen) => readOpen())])
    const parts = read.flat().filter(({ places }) => places.length > 0)
    if (parts.length === 0) return null
    if (merged === null || !isSame(merged.parts, parts)) merged = { parts, day: mergeDays(parts) }
    return merged.day
  }
}

const NOTHING: Promise<readonly PlacedDay[]> = Promise.resolve([])

const isSame = (parts: readonly PlacedDay[], others: readonly PlacedDay[]): boolean =>
  parts.length === others.length && parts.every((part, at) => part === others[at])
