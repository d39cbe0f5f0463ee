import { openDay } from './decision-days.ts'

/**
 * Counts with the ages of tokens, between $2 and $3: by the hour as far as hours are kept apart, by the day before. Whoever asks
 * from within a day that is folded gets all of it.
 */
export const AGED_COUNTS = `(
  SELECT signature_id, bucket, bucket + interval '1 hour' AS bucket_end, count, token_ages FROM decision_hour
  WHERE bucket >= $2 AND bucket < $3
  UNION ALL
  SELECT signature_id, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC', count, token_ages FROM decision_day
  WHERE day >= ($2 AT TIME ZONE 'UTC')::date AND day < ($3 AT TIME ZONE 'UTC')::date + 1
)`

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Where counting starts: at the hour, and at the day where days are folded. */
export function toAgedFrom(from: Date, now = new Date()): Date {
  const unitMs = from.getTime() >= openDay(now) * DAY_MS ? HOUR_MS : DAY_MS
  return new Date(Math.floor(from.getTime() / unitMs) * unitMs)
}
