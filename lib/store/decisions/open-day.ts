import { dayOf, toDate } from './decision-days.ts'
import { HOURS } from './decision-hours.ts'
import { createHeldParts, type SignaturePart } from './held-parts.ts'
import type { DayPart } from './recorded-day.ts'
import type { PlacedDay } from './recorded-days.ts'

const HOUR_MS = 3_600_000
const HOURS_OPEN = 2
/** How old counts may be where there are many: of hours that are over, which change little, and of the open ones. */
const OVER_FRESH_MS = 60_000
const OPEN_FRESH_MS = 10_000

/** The day that is not over, in parts: its last hours are read again and again. */
export function createOpenDay(
  read: (hours: DayPart, which: SignaturePart) => Promise<PlacedDay>,
): (now: number) => Promise<PlacedDay[]> {
  let held: { readonly hour: number; readonly spans: readonly (() => Promise<readonly PlacedDay[]>)[] } | null = null

  const hold = (hours: DayPart, freshMs: number): (() => Promise<readonly PlacedDay[]>) =>
    createHeldParts(
      (which) => read(hours, which),
      ({ places }) => places.length,
      freshMs,
    )

  return async (now) => {
    const hour = Math.floor(now / HOUR_MS)
    if (held?.hour !== hour) {
      const day = { day: toDate(dayOf(now)), hoursPerSlot: 1 } as const
      const openFrom = Math.max(0, (hour % HOURS.length) + 1 - HOURS_OPEN)
      const [over, open] = [
        { ...day, fromHour: 0, toHour: openFrom },
        { ...day, fromHour: openFrom },
      ]
      held = { hour, spans: [hold(over, OVER_FRESH_MS), hold(open, OPEN_FRESH_MS)] }
    }
    const parts = await Promise.all(held.spans.map((readSpan) => readSpan()))
    return parts.flat().filter(({ places }) => places.length > 0)
  }
}
