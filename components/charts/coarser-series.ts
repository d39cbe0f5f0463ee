import type { Series } from './series-styles.ts'

/**
 * The same counts in at most so many buckets, adjacent ones added up. The newest stay together; the oldest are left out
 * when they do not fill a bucket, which would look like a time when little happened.
 */
export function toCoarserSeries(series: Series, bucketsMax: number): Series {
  const { length } = series.buckets
  const size = Math.ceil(length / bucketsMax)
  if (size <= 1) return series
  const starts = Array.from({ length: Math.floor(length / size) }, (_, index) => (length % size) + index * size)
  const sum = (counts: readonly number[], start: number): number =>
    counts.slice(start, start + size).reduce((total, count) => total + count, 0)
  return {
    bucketSeconds: series.bucketSeconds * size,
    buckets: starts.flatMap((start) => series.buckets[start] ?? []),
    series: series.series.map(({ counts, ...rest }) => ({
      ...rest,
      counts: starts.map((start) => sum(counts, start)),
    })),
  }
}
