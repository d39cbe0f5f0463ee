import { gapOf, type GapKind } from './series-gaps.ts'
import type { Series } from './series-styles.ts'

const HOUR_SECONDS = 3_600
/** Widths of which several make an hour, or a day. */
const ROUND_SECONDS: readonly number[] = [
  ...[60, 120, 300, 600, 900, 1_800],
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_SECONDS),
]

/** How many buckets become one, so that they are few enough and begin at round times where that is possible. */
function toSize({ bucketSeconds, buckets: { length } }: Series, bucketsMax: number): number {
  const least = Math.ceil(length / bucketsMax)
  const round = ROUND_SECONDS.find((width) => width >= least * bucketSeconds && width % bucketSeconds === 0)
  return least <= 1 || round === undefined ? least : round / bucketSeconds
}

/**
 * The same counts in at most so many buckets, adjacent ones added up. The oldest are left out when they do not fill a bucket, which
 * would look like a time when little happened; that the newest is not full is told of it.
 */
export function toCoarserSeries(series: Series, bucketsMax: number): Series {
  const { length } = series.buckets
  const size = toSize(series, bucketsMax)
  if (size <= 1) return series
  const widthMs = size * series.bucketSeconds * 1_000
  const first = Math.max(
    0,
    series.buckets.findIndex((at) => Date.parse(at) % widthMs === 0),
  )
  const starts = Array.from({ length: Math.ceil((length - first) / size) }, (_, index) => first + index * size)
  const sum = (counts: readonly number[], start: number): number =>
    counts.slice(start, start + size).reduce((total, count) => total + count, 0)
  return {
    bucketSeconds: series.bucketSeconds * size,
    buckets: starts.flatMap((start) => series.buckets[start] ?? []),
    countedFrom: series.countedFrom,
    countedTo: series.countedTo,
    isOpen: series.isOpen,
    series: series.series.map(({ counts, ...rest }) => ({
      ...rest,
      counts: starts.map((start) => sum(counts, start)),
    })),
    gaps: joinAdjacent(starts.flatMap((start) => toGap(series, start, size))),
  }
}

/** Something is known of a bucket when it is of a part of it. */
function toGap(series: Series, start: number, size: number): Series['gaps'] {
  const parts = series.buckets.slice(start, start + size)
  const kinds = new Set<GapKind | null>(parts.map((at) => gapOf(series, at)))
  const [from] = parts
  if (from === undefined || kinds.has(null)) return []
  const to = new Date(Date.parse(from) + size * series.bucketSeconds * 1_000).toISOString()
  return [{ from, to, kind: kinds.has('silent') ? 'silent' : 'before-recording' }]
}

const joinAdjacent = (gaps: Series['gaps']): Series['gaps'] =>
  gaps.reduce<Series['gaps']>((joined, gap) => {
    const last = joined.at(-1)
    return last?.to === gap.from && last.kind === gap.kind
      ? [...joined.slice(0, -1), { ...last, to: gap.to }]
      : [...joined, gap]
  }, [])
