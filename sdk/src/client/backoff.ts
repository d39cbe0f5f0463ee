/** Full jitter: anywhere between nothing and a bound that doubles, so that a fleet does not come back all at once. */
export function fullJitterMs(failures: number, baseMs: number, capMs: number): number {
  return Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30))
}

/** Anywhere between the two. */
export const betweenMs = (min: number, max: number): number => min + Math.random() * (max - min)

/** Seconds of a `Retry-After` header in milliseconds, bounded; null when there is none that can be read. */
export function retryAfterMs(header: string | undefined, maxMs: number): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1000, maxMs) : null
}
