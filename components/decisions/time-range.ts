import type { TimeSpan } from '@/components/charts/stacked-bars.tsx'

export const RANGES = ['1h', '6h', '24h', '7d', '30d'] as const
export type Range = (typeof RANGES)[number]

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const RANGE_MS: Readonly<Record<Range, number>> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
}

/** Full minutes, so that a range that ends now is asked for once a minute and not at every tick. */
export const toSpan = (range: Range, now: number): { readonly from: string } => ({
  from: new Date(Math.floor((now - RANGE_MS[range]) / MINUTE_MS) * MINUTE_MS).toISOString(),
})

const moment = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
export const toSpanWords = ({ from, to }: TimeSpan): string =>
  `${moment.format(new Date(from))} – ${moment.format(new Date(to))}`

/** What a `datetime-local` field shows and gives: the person's own time zone, to the minute. */
export function toLocalField(at: string): string {
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}
export const fromLocalField = (value: string): string | null => {
  const time = new Date(value).getTime()
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** The API answers no longer span. */
export const SPAN_DAYS_MAX = 31
export const isTooLong = ({ from, to }: TimeSpan): boolean =>
  new Date(to).getTime() - new Date(from).getTime() > SPAN_DAYS_MAX * 24 * HOUR_MS
