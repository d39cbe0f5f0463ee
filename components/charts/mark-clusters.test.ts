import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterMarks, placeMarks } from './mark-clusters.ts'
import { hour, hourlySeries, markAt } from './test-series.ts'

const series = hourlySeries([0, 0, 0, 0])

describe('marks on the time axis', () => {
  it('stand where they belong, also within a bucket, and outside of it are left out', () => {
    const marks = [markAt(hour(3)), markAt('1970-01-01T00:30:00.000Z'), markAt(hour(5)), markAt(hour(-1))]
    expect(placeMarks(marks, series).map(({ place }) => place)).toEqual([0.125, 0.75])
  })

  it('that lie together become one, and the others stay', () => {
    const placed = placeMarks([markAt(hour(0)), markAt('1970-01-01T00:12:00.000Z'), markAt(hour(2))], series)
    expect(clusterMarks(placed, 0.1).map(({ marks }) => marks.length)).toEqual([2, 1])
  })

  it('lose none, keep their order and never stand closer than they may', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 239 })), fc.integer({ min: 1, max: 30 }), (minutes, room) => {
        const marks = minutes.map((minute, index) =>
          markAt(new Date(minute * 60_000).toISOString(), { id: String(index) }),
        )
        const placed = placeMarks(marks, series)
        const clusters = clusterMarks(placed, 1 / room)
        expect(clusters.flatMap((cluster) => cluster.marks)).toEqual(placed)
        clusters.slice(1).forEach(({ place }, index) => {
          expect(place - (clusters[index]?.place ?? 0)).toBeGreaterThanOrEqual(1 / room)
        })
      }),
    )
  })
})
