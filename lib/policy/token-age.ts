import { TOKEN_AGE_EDGES_SECONDS } from './vocabulary.ts'

/** Buckets of the token-age histogram: one for each edge and one for everything older. */
export const TOKEN_AGE_BUCKETS = TOKEN_AGE_EDGES_SECONDS.length + 1

/** Ages of a bucket: above `above` up to `upTo`, which belongs to it. The first has no lower end and the last no upper one. */
export const tokenAgeRange = (bucket: number): { readonly above: number; readonly upTo: number } => ({
  above: TOKEN_AGE_EDGES_SECONDS[bucket - 1] ?? -Infinity,
  upTo: TOKEN_AGE_EDGES_SECONDS[bucket] ?? Infinity,
})

/** Index of the bucket that holds this age. A negative age, of a clock that runs ahead, belongs to the first. */
export function tokenAgeBucket(ageSeconds: number): number {
  let index = 0
  while (index < TOKEN_AGE_EDGES_SECONDS.length && ageSeconds > (TOKEN_AGE_EDGES_SECONDS[index] ?? 0)) index++
  return index
}
