import { TOKEN_AGE_BUCKETS } from '../policy/token-age.ts'
import { TOKEN_AGE_EDGES_SECONDS, TOKEN_LIFETIME_SECONDS_MIN } from '../policy/vocabulary.ts'
import { splitByTokenAge } from './split-by-token-age.ts'

/** Requests per token-age bucket. */
export type TokenAgeCounts = readonly number[]

/** A number that is known to lie between two; exact where both are the same. */
export interface Bounds {
  readonly atLeast: number
  readonly atMost: number
}

export function addTokenAges(histograms: readonly TokenAgeCounts[]): number[] {
  const sum = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  for (const ages of histograms) for (const [bucket, count] of ages.entries()) sum[bucket] = (sum[bucket] ?? 0) + count
  return sum
}

export const countUses = (ages: TokenAgeCounts): number => ages.reduce((sum, count) => sum + count, 0)

/** How many uses had a token older than this: exact on a histogram edge, bounds between two. */
export function usesOlderThan(ages: TokenAgeCounts, seconds: number): Bounds {
  const parts = splitByTokenAge(ages, countUses(ages), seconds)
  const sum = (isCounted: (age: number | null | undefined) => boolean): number =>
    parts.reduce((total, { ageSeconds, count }) => total + (isCounted(ageSeconds) ? count : 0), 0)
  return {
    atLeast: sum((age) => age === Number.POSITIVE_INFINITY),
    atMost: sum((age) => age === Number.POSITIVE_INFINITY || age === undefined),
  }
}

/** The smallest edge that holds so large a share of use; null without use, or when older tokens are needed for it. */
export function ageThatCovers(ages: TokenAgeCounts, share: number): number | null {
  const total = countUses(ages)
  if (total === 0) return null
  let sum = 0
  for (const [bucket, count] of ages.entries()) {
    sum += count
    if (sum >= total * share) return TOKEN_AGE_EDGES_SECONDS[bucket] ?? null
  }
  return null
}

/** The edge up to which the oldest use was; null without use, or beyond the last edge. */
export const oldestUse = (ages: TokenAgeCounts): number | null => ageThatCovers(ages, 1)

/**
 * The shortest lifetime a token may have, on a histogram edge, that would have ended under no recorded use. It takes callers
 * at their worst: one that renews its tokens by `expires_in` follows any lifetime.
 */
export function shortestLifetime(ages: TokenAgeCounts): number | null {
  const oldest = oldestUse(ages)
  if (oldest === null) return null
  return TOKEN_AGE_EDGES_SECONDS.find((edge) => edge >= oldest && edge >= TOKEN_LIFETIME_SECONDS_MIN) ?? null
}
