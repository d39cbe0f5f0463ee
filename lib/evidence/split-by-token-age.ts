import { TOKEN_AGE_EDGES_SECONDS } from '../policy/vocabulary.ts'

export interface AgePart {
  readonly count: number
  /** An age that stands for the whole part; null without a readable token; undefined where it may lie on either side of the limit. */
  readonly ageSeconds: number | null | undefined
}

/** Splits a histogram at a limit. Exact where the limit lies on an edge. Without a limit the ages do not matter. */
export function splitByTokenAge(ages: readonly number[] | null, count: number, limitSeconds: number | null): AgePart[] {
  if (ages === null) return [{ count, ageSeconds: null }]
  if (limitSeconds === null) return [{ count, ageSeconds: 0 }]
  const sums = { young: 0, old: 0, open: 0 }
  for (const [index, inBucket] of ages.entries()) sums[sideOf(index, limitSeconds)] += inBucket
  const unrecorded = Math.max(0, count - sums.young - sums.old - sums.open)
  const parts: AgePart[] = [
    { count: sums.young, ageSeconds: 0 },
    { count: sums.old, ageSeconds: Number.POSITIVE_INFINITY },
    { count: sums.open + unrecorded, ageSeconds: undefined },
  ]
  return parts.filter((part) => part.count > 0)
}

/** Buckets hold `(lower edge, upper edge]`; a token is too old above the limit. */
function sideOf(bucket: number, limitSeconds: number): 'young' | 'old' | 'open' {
  const lower = bucket === 0 ? Number.NEGATIVE_INFINITY : (TOKEN_AGE_EDGES_SECONDS[bucket - 1] ?? 0)
  const upper = TOKEN_AGE_EDGES_SECONDS[bucket] ?? Number.POSITIVE_INFINITY
  if (upper <= limitSeconds) return 'young'
  return lower >= limitSeconds ? 'old' : 'open'
}
