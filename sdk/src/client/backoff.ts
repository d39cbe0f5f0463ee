// Whole milliseconds: one timer with a fraction makes every timer of the process carry its delay as a number that has to be boxed.

/** Full jitter: anywhere between nothing and a bound that doubles, so that a fleet does not come back all at once. */
export function fullJitterMs(failures: number, baseMs: number, capMs: number): number {
  return Math.floor(Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30)))
}

/** Anywhere between the two, in whole milliseconds. */
export const betweenMs = (min: number, max: number): number => Math.round(min + Math.random() * (max - min))

/** Seconds of a `Retry-After` header in milliseconds, bounded; null when there is none that can be read. */
export function retryAfterMs(header: string | undefined, maxMs: number): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1000, maxMs) : null
}
