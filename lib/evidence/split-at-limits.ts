import { TOKEN_AGE_EDGES_SECONDS } from '../policy/vocabulary.ts'

export interface AgeSpan {
  readonly count: number
  /** An age for each way the limits may answer: one where it is certain, null without a readable token. */
  readonly ages: readonly (number | null)[]
}

/** Splits a histogram at several limits. Exact where they lie on edges; what shares a bucket with one may be on either side. */
export function splitAtLimits(ages: readonly number[] | null, count: number, limits: readonly number[]): AgeSpan[] {
  if (ages === null) return [{ count, ages: [null] }]
  const sorted = [...new Set(limits)].toSorted((a, b) => a - b)
  const counts = new Map<string, { count: number; first: number; last: number }>()
  const add = (first: number, last: number, more: number): void => {
    const key = `${first} ${last}`
    counts.set(key, { first, last, count: (counts.get(key)?.count ?? 0) + more })
  }
  let recorded = 0
  for (const [bucket, inBucket] of ages.entries()) {
    if (inBucket === 0) continue
    recorded += inBucket
    add(...spanOf(bucket, sorted), inBucket)
  }
  if (count > recorded) add(0, sorted.length, count - recorded)
  return [...counts.values()].map((span) => ({ count: span.count, ages: agesBetween(sorted, span.first, span.last) }))
}

/** How many of the limits the youngest and the oldest of a bucket exceed; a bucket holds `(lower edge, upper edge]`. */
function spanOf(bucket: number, limits: readonly number[]): [number, number] {
  const lower = bucket === 0 ? Number.NEGATIVE_INFINITY : (TOKEN_AGE_EDGES_SECONDS[bucket - 1] ?? 0)
  const upper = TOKEN_AGE_EDGES_SECONDS[bucket] ?? Number.POSITIVE_INFINITY
  return [limits.filter((limit) => limit <= lower).length, limits.filter((limit) => limit < upper).length]
}

/** An age that exceeds so many limits is the next limit itself. */
const agesBetween = (limits: readonly number[], first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => limits[first + index] ?? Number.POSITIVE_INFINITY)
