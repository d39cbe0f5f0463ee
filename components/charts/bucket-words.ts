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

/** A tick: the time of the day, or the day where a chart spans several. */
export const toTickWords = (at: string, spanSeconds: number): string =>
  spanSeconds > 2 * DAY_SECONDS ? day.format(new Date(at)) : clock.format(new Date(at))

/** A bucket as a span of time: "Mon 3 Mar, 10:00 – 10:15". */
export function toBucketWords(at: string, bucketSeconds: number): string {
  if (bucketSeconds >= DAY_SECONDS) return day.format(new Date(at))
  const end = new Date(new Date(at).getTime() + bucketSeconds * 1_000)
  return `${dayAndClock.format(new Date(at))} – ${clock.format(end)}`
}
