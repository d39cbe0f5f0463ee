/** Share of the busiest hour, for each hour of the day (UTC). */
const HOURS = [
  0.24, 0.2, 0.18, 0.18, 0.2, 0.27, 0.4, 0.56, 0.7, 0.79, 0.84, 0.88, 0.93, 0.9, 0.86, 0.83, 0.86, 0.93, 1, 0.99, 0.92,
  0.74, 0.52, 0.34,
]
/** Share of the busiest day, Sunday first. */
const WEEKDAYS = [0.72, 1, 0.97, 0.96, 0.98, 0.92, 0.68]

/** Somebody always shops. */
const LEAST = 0.25

/** How busy the shop is at a time, from 0.25 to 1; changes smoothly between hours. */
export function dayShape(at: Date): number {
  const hour = at.getUTCHours()
  const share = at.getUTCMinutes() / 60
  const here = HOURS[hour] ?? 1
  const next = HOURS[(hour + 1) % 24] ?? 1
  return Math.max(LEAST, (here + (next - here) * share) * (WEEKDAYS[at.getUTCDay()] ?? 1))
}
