import type { DecisionFilter } from './decision-filter.ts'
import { keepLargest } from './largest-groups.ts'
import type { SeriesPoint } from './read-series.ts'
import { slotsPerDay } from './recorded-day.ts'
import type { DayOfWindow } from './recorded-days.ts'
import type { SignatureGroups } from './signature-groups.ts'
import { sumBySlot, sumByGroup } from './sum-groups.ts'

const HOUR_MS = 3_600_000

/** As `readSeries` answers, in buckets of the slots of the days or a multiple that divides a day; all but the largest keys are one. */
export function sumSeries(
  days: readonly DayOfWindow[],
  groups: SignatureGroups,
  window: DecisionFilter,
  bucketSeconds: number,
  keysMax: number,
): SeriesPoint[] {
  const shown = groups.size <= keysMax ? groups : keepLargest(groups, sumByGroup(days, groups, window), keysMax)
  return days.flatMap((day) => toPoints(day, shown, sumBySlot(day, shown, window), bucketSeconds))
}

function toPoints(
  { startMs, hoursPerSlot }: DayOfWindow,
  { names }: SignatureGroups,
  sums: Float64Array,
  bucketSeconds: number,
): SeriesPoint[] {
  const slots = slotsPerDay(hoursPerSlot)
  const slotsPerBucket = (bucketSeconds * 1_000) / (hoursPerSlot * HOUR_MS)
  const points: SeriesPoint[] = []
  for (let from = 0; from < slots; from += slotsPerBucket) {
    const at = new Date(startMs + from * hoursPerSlot * HOUR_MS)
    for (const [number, { key }] of names.entries()) {
      const first = number * slots + from
      const count = sum(sums.subarray(first, first + slotsPerBucket))
      if (count > 0) points.push({ key, at, count })
    }
  }
  return points
}

const sum = (numbers: Float64Array): number => numbers.reduce((total, number) => total + number, 0)
