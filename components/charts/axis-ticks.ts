const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Distances at which a clock or a calendar is read. */
const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 4, 7].map((days) => days * DAY_MS),
]

/** Milliseconds that the clock on the wall would show, were it that of UTC. */
type ToLocalMs = (atMs: number) => number

const toLocalMs: ToLocalMs = (atMs) => atMs - new Date(atMs).getTimezoneOffset() * MINUTE_MS

export interface AxisTicks {
  /** Of the buckets' starts. */
  readonly at: string[]
  readonly isByDay: boolean
}

/** Buckets to be named below a chart: those with which a round time of the person's own clock begins, evenly far apart. */
export function toAxisTicks(
  buckets: readonly string[],
  bucketSeconds: number,
  ticksMax: number,
  toLocal: ToLocalMs = toLocalMs,
): AxisTicks {
  const spanMs = buckets.length * bucketSeconds * 1_000
  const stepMs = STEPS_MS.find((step) => step >= bucketSeconds * 1_000 && spanMs / step <= ticksMax) ?? 7 * DAY_MS
  const periodOf = (atMs: number): number => Math.floor(toLocal(atMs) / stepMs)
  const at = buckets.filter((bucket) => {
    const startMs = Date.parse(bucket)
    return periodOf(startMs) !== periodOf(startMs - bucketSeconds * 1_000)
  })
  return { at, isByDay: stepMs >= DAY_MS }
}
