const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Widths from which one is chosen, in seconds; those below an hour read the minutes. */
const WIDTHS = [60, 300, 900, 3_600, 10_800, 21_600] as const
const WIDTH_MAX = 21_600
const WIDTH_OF_HOURS = 3_600
/** From here on, what is counted is kept by three hours. */
const WIDTH_OF_SLOTS = 10_800
const BUCKETS_MAX = 130

export interface SeriesBuckets {
  readonly bucketSeconds: number
  /** Starts, in milliseconds. */
  readonly buckets: readonly number[]
  /** What of them is counted: the minutes, the hours or the three hours that begin within the window. */
  readonly countedFrom: Date
  readonly countedTo: Date
}

/**
 * Buckets that cover the part of a window that is not in the future. Of times of which the minutes are gone the hours
 * are still there: a chart of minutes would show none of what they hold. None is narrower than the step in which it was recorded.
 */
export function toSeriesBuckets(
  { from, to }: { readonly from: Date; readonly to: Date },
  now: Date,
  minutesFrom: Date,
  stepSeconds = 0,
): SeriesBuckets {
  const widthMin = Math.max(stepSeconds, from > minutesFrom ? 0 : WIDTH_OF_HOURS)
  const seconds = (to.getTime() - from.getTime()) / 1_000
  const widths = WIDTHS.filter((width) => width >= widthMin)
  const bucketSeconds = widths.find((width) => seconds / width <= BUCKETS_MAX) ?? WIDTH_MAX
  const width = bucketSeconds * 1_000
  const unit = Math.max(unitOf(bucketSeconds), stepSeconds * 1_000)
  const countedFrom = ceilTo(from, unit)
  const countedTo = new Date(Math.min(ceilTo(to, unit).getTime(), now.getTime()))
  const first = Math.floor(countedFrom.getTime() / width) * width
  const count = Math.max(0, Math.ceil((countedTo.getTime() - first) / width))
  return {
    bucketSeconds,
    buckets: Array.from({ length: count }, (_, index) => first + index * width),
    countedFrom,
    countedTo,
  }
}

function unitOf(bucketSeconds: number): number {
  if (bucketSeconds < WIDTH_OF_HOURS) return MINUTE_MS
  return bucketSeconds < WIDTH_OF_SLOTS ? HOUR_MS : WIDTH_OF_SLOTS * 1_000
}

const ceilTo = (at: Date, unitMs: number): Date => new Date(Math.ceil(at.getTime() / unitMs) * unitMs)
