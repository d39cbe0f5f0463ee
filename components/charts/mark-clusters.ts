import type { ModeChangeMark } from '#lib/client/object-types.ts'
import type { Series } from './series-styles.ts'

export interface PlacedMark {
  readonly mark: ModeChangeMark
  /** Between the start of the axis, 0, and its end, 1. */
  readonly place: number
}

/** Marks that lie too close together to be told apart, oldest first. */
export interface MarkCluster {
  readonly place: number
  readonly marks: readonly PlacedMark[]
}

/** Marks on the axis of a series; those outside of it are left out. */
export function placeMarks(marks: readonly ModeChangeMark[], { buckets, bucketSeconds }: Series): PlacedMark[] {
  const start = Date.parse(buckets[0] ?? '')
  const length = buckets.length * bucketSeconds * 1_000
  return marks
    .map((mark) => ({ mark, place: (Date.parse(mark.at) - start) / length }))
    .filter(({ place }) => place >= 0 && place <= 1)
    .toSorted((left, right) => left.place - right.place)
}

/** Groups marks so that no two groups stand closer than a distance; each group stands in the middle of its own. */
export function clusterMarks(placed: readonly PlacedMark[], distance: number): MarkCluster[] {
  let clusters = placed.map((each): MarkCluster => ({ place: each.place, marks: [each] }))
  for (;;) {
    const merged = clusters.reduce<MarkCluster[]>((groups, cluster) => {
      const last = groups.at(-1)
      return last !== undefined && cluster.place - last.place < distance
        ? [...groups.slice(0, -1), toCluster([...last.marks, ...cluster.marks])]
        : [...groups, cluster]
    }, [])
    if (merged.length === clusters.length) return merged
    clusters = merged
  }
}

const toCluster = (marks: readonly PlacedMark[]): MarkCluster => {
  const [first, last] = [marks[0]?.place ?? 0, marks.at(-1)?.place ?? 0]
  return { place: (first + last) / 2, marks }
}
