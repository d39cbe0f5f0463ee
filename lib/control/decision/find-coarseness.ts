/** Steps in which recorded traffic may have been reported that is told of later, in seconds; the longest first. */
const STEPS = [3_600, 900] as const
/** How likely requests at any time may lie in such steps by chance. */
const CHANCE_MAX = 0.01

/**
 * The step in which something was counted, where that is longer than the buckets are wide; else null. Traffic that was recorded by
 * the quarter of an hour lies in every third bucket of five minutes, and the two between would say that nothing happened.
 */
export function findCoarseness(countedAtMs: Iterable<number>, bucketSeconds: number): number | null {
  const [first = 0, ...others] = new Set(countedAtMs)
  const isCountedBy = (seconds: number): boolean =>
    (bucketSeconds / seconds) ** others.length < CHANCE_MAX &&
    others.every((at) => (at - first) % (seconds * 1_000) === 0)
  return STEPS.find(isCountedBy) ?? null
}
