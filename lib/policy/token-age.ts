import { TOKEN_AGE_EDGES_SECONDS } from './vocabulary.ts'

/** Buckets of the token-age histogram: one for each edge and one for everything older. */
export const TOKEN_AGE_BUCKETS = TOKEN_AGE_EDGES_SECONDS.length + 1

/** Index of the bucket that holds this age. A negative age, of a clock that runs ahead, belongs to the first. */
export function tokenAgeBucket(ageSeconds: number): number {
  let index = 0
  while (index < TOKEN_AGE_EDGES_SECONDS.length && ageSeconds > (TOKEN_AGE_EDGES_SECONDS[index] ?? 0)) index++
  return index
}
