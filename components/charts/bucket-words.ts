const DAY_SECONDS = 86_400
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

export const toDayWords = (at: string): string => day.format(new Date(at))
export const toClockWords = (at: string): string => clock.format(new Date(at))

/** A tick: the time of the day, or the day where a chart spans several. */
export const toTickWords = (at: string, spanSeconds: number): string =>
  spanSeconds > 2 * DAY_SECONDS ? toDayWords(at) : toClockWords(at)

/** "Mon 3 Mar, 10:04". */
export const toMomentWords = (at: string): string => dayAndClock.format(new Date(at))

/** A bucket as a span of time: "Mon 3 Mar, 10:00 – 10:15". */
export function toBucketWords(at: string, bucketSeconds: number): string {
  if (bucketSeconds >= DAY_SECONDS) return day.format(new Date(at))
  return toSpanWords(at, new Date(Date.parse(at) + bucketSeconds * 1_000).toISOString())
}

/** "Mon 3 Mar, 10:00 – 10:15", and with the second day where it is another. */
export function toSpanWords(from: string, to: string): string {
  const isOneDay = Date.parse(to) - Date.parse(from) < DAY_SECONDS * 1_000
  return `${toMomentWords(from)} – ${isOneDay ? clock.format(new Date(to)) : toMomentWords(to)}`
}
