import type { DecisionFilter } from './decision-filter.ts'
import { addNumbers, slotsPerDay } from './recorded-day.ts'
import type { DayOfWindow, PlacedDay } from './recorded-days.ts'
import { NO_ROW, rowsByPlace } from './row-of-place.ts'
import type { SignatureGroups } from './signature-groups.ts'

const HOUR_MS = 3_600_000
/** So many sums of a day are kept. More take room, and are mostly of few signatures each, which take no time. */
const KEPT_MAX = 4_096

/** Slots of a day, the last one not included. */
type Slots = readonly [first: number, end: number]
type SumDay = (day: DayOfWindow, groups: SignatureGroups, slots: Slots) => Float64Array

/** Slots that begin within the window. */
function slotsWithin({ from, to }: DecisionFilter, { startMs, hoursPerSlot }: DayOfWindow): Slots {
  const slotMs = hoursPerSlot * HOUR_MS
  const first = Math.ceil((from.getTime() - startMs) / slotMs)
  const end = Math.ceil((to.getTime() - startMs) / slotMs)
  return [Math.max(0, first), Math.min(slotsPerDay(hoursPerSlot), end)]
}

const isWhole = ({ hoursPerSlot }: PlacedDay, [first, end]: Slots): boolean =>
  first === 0 && end === slotsPerDay(hoursPerSlot)

/**
 * What a day counts within a window. Sums over whole days are kept for as long as somebody asks for the same groups, and until the
 * day is read anew, which then comes with new counts: whoever looks at a chart again waits for today's alone.
 */
function createDaySums(sum: SumDay) {
  const kept = new WeakMap<SignatureGroups, WeakMap<PlacedDay['slots'], Float64Array>>()

  const sumWhole: SumDay = (day, groups, slots) => {
    const days = kept.get(groups) ?? new WeakMap<PlacedDay['slots'], Float64Array>()
    const known = days.get(day.slots)
    if (known !== undefined) return known
    const sums = sum(day, groups, slots)
    if (sums.length <= KEPT_MAX) kept.set(groups, days.set(day.slots, sums))
    return sums
  }

  return (day: DayOfWindow, groups: SignatureGroups, window: DecisionFilter): Float64Array => {
    const slots = slotsWithin(window, day)
    return isWhole(day, slots) ? sumWhole(day, groups, slots) : sum(day, groups, slots)
  }
}

/** Slots of one group after those of the other. */
export const sumBySlot = createDaySums((day, { places, groupOf, size }, [first, end]) => {
  const { slots, hoursPerSlot } = day
  const perRow = slotsPerDay(hoursPerSlot)
  const rows = rowsByPlace(day)
  const sums = new Float64Array(size * perRow)
  for (let at = 0; at < places.length; at++) {
    const row = rows[places[at] ?? 0] ?? NO_ROW
    if (row === NO_ROW) continue
    const to = (groupOf[at] ?? 0) * perRow
    const from = row * perRow
    for (let slot = first; slot < end; slot++) sums[to + slot] = (sums[to + slot] ?? 0) + (slots[from + slot] ?? 0)
  }
  return sums
})

/** One number for each group. */
const sumDay = createDaySums((day, { places, groupOf, size }, slots) => {
  const counts = isWhole(day, slots) ? wholeRowsOf(day) : sumRows(day, slots)
  const rows = rowsByPlace(day)
  const sums = new Float64Array(size)
  for (let at = 0; at < places.length; at++) {
    const row = rows[places[at] ?? 0] ?? NO_ROW
    if (row === NO_ROW) continue
    const group = groupOf[at] ?? 0
    sums[group] = (sums[group] ?? 0) + (counts[row] ?? 0)
  }
  return sums
})

const wholeRows = new WeakMap<PlacedDay['slots'], Float64Array>()

function wholeRowsOf(day: DayOfWindow): Float64Array {
  const counts = wholeRows.get(day.slots) ?? sumRows(day, [0, slotsPerDay(day.hoursPerSlot)])
  wholeRows.set(day.slots, counts)
  return counts
}

function sumRows({ places, slots, hoursPerSlot }: DayOfWindow, [first, end]: Slots): Float64Array {
  const perRow = slotsPerDay(hoursPerSlot)
  const counts = new Float64Array(places.length)
  for (let row = 0; row < places.length; row++) {
    let count = 0
    for (let slot = first; slot < end; slot++) count += slots[row * perRow + slot] ?? 0
    counts[row] = count
  }
  return counts
}

/** What all days count of each group within the window. */
export function sumByGroup(
  days: readonly DayOfWindow[],
  groups: SignatureGroups,
  window: DecisionFilter,
): Float64Array {
  const totals = new Float64Array(groups.size)
  for (const day of days) addNumbers(totals, 0, sumDay(day, groups, window), 0, groups.size)
  return totals
}
