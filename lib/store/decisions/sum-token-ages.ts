import { TOKEN_AGE_BUCKETS } from '../../policy/token-age.ts'

const BUCKETS = Array.from({ length: TOKEN_AGE_BUCKETS }, (_, index) => index + 1)

/**
 * Sum of token-age histograms as an aggregate expression; null where no row has one. Bucket by bucket, because an aggregate
 * over whole arrays calls a function for each row, which is eight times slower. Exact up to 2^53.
 */
export const sumTokenAges = (column: string): string =>
  `CASE WHEN count(${column}) > 0 THEN ARRAY[${BUCKETS.map((bucket) => `sum(${column}[${bucket}]::float8)`).join(', ')}]::bigint[] END`
