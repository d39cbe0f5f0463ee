import type { Series } from './series-styles.ts'

/** The same counts in at most so many buckets: adjacent ones are added up, the newest bucket stays the last. */
export function toCoarserSeries(series: Series, bucketsMax: number): Series {
  const size = Math.ceil(series.buckets.length / bucketsMax)
  if (size <= 1) return series
  const starts = series.buckets.flatMap((_, index) => ((series.buckets.length - index) % size === 0 ? [index] : []))
  const firsts = starts[0] === 0 ? starts : [0, ...starts]
  const sum = (counts: readonly number[], index: number): number =>
    counts.slice(firsts[index], firsts[index + 1]).reduce((total, count) => total + count, 0)
  return {
    bucketSeconds: series.bucketSeconds * size,
    buckets: firsts.flatMap((start) => series.buckets[start] ?? []),
    series: series.series.map(({ counts, ...rest }) => ({
      ...rest,
      counts: firsts.map((_, index) => sum(counts, index)),
    })),
  }
}
