import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findGaps } from './find-gaps.ts'

const MINUTE_MS = 60_000
const MIDNIGHT = Date.parse('2026-03-02T00:00:00Z')
const at = (clock: string, day = '2026-03-02') => Date.parse(`${day}T${clock}:00Z`)

/** Minutes after midnight of 2 March, over midnight if need be. */
function heardAt(...minutes: readonly number[]) {
  const days = ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => {
    const start = (Date.parse(`${day}T00:00:00Z`) - MIDNIGHT) / MINUTE_MS
    return [day, Array.from({ length: 1_440 }, (_, index) => Number(minutes.includes(start + index))).join('')] as const
  })
  return Object.fromEntries(days)
}

const quarters = (from: string, count: number) => ({
  buckets: Array.from({ length: count }, (_, index) => at(from) + index * 15 * MINUTE_MS),
  widthMs: 15 * MINUTE_MS,
})
const noCounts = new Set<number>()

describe('what is not known', () => {
  it('is not a bucket in which somebody was heard of, though nothing was counted', () => {
    const heard = { minutesByDay: heardAt(0, 20, 31, 59), isOlder: true }
    expect(findGaps(quarters('00:00', 4), noCounts, heard)).toEqual([])
  })

  it('is a stretch of buckets in which nobody was', () => {
    const heard = { minutesByDay: heardAt(0, 61), isOlder: true }
    expect(findGaps(quarters('00:00', 6), noCounts, heard)).toEqual([
      { from: '2026-03-02T00:15:00.000Z', to: '2026-03-02T01:00:00.000Z', kind: 'silent' },
      { from: '2026-03-02T01:15:00.000Z', to: '2026-03-02T01:30:00.000Z', kind: 'silent' },
    ])
  })

  it('is not what was counted, whoever reported it', () => {
    const counted = new Set([at('00:15')])
    expect(findGaps(quarters('00:00', 3), counted, { minutesByDay: {}, isOlder: true })).toEqual([
      { from: '2026-03-02T00:00:00.000Z', to: '2026-03-02T00:15:00.000Z', kind: 'silent' },
      { from: '2026-03-02T00:30:00.000Z', to: '2026-03-02T00:45:00.000Z', kind: 'silent' },
    ])
  })

  it('is called otherwise before anybody was heard of for the first time', () => {
    const heard = { minutesByDay: heardAt(40), isOlder: false }
    expect(findGaps(quarters('00:00', 4), noCounts, heard)).toEqual([
      { from: '2026-03-02T00:00:00.000Z', to: '2026-03-02T00:30:00.000Z', kind: 'before-recording' },
      { from: '2026-03-02T00:45:00.000Z', to: '2026-03-02T01:00:00.000Z', kind: 'silent' },
    ])
    expect(findGaps(quarters('00:00', 2), noCounts, { minutesByDay: {}, isOlder: false })).toEqual([
      { from: '2026-03-02T00:00:00.000Z', to: '2026-03-02T00:30:00.000Z', kind: 'before-recording' },
    ])
  })

  it('does not hold for the minute after one was heard of, also at midnight', () => {
    const heard = { minutesByDay: heardAt(-1), isOlder: true }
    expect(findGaps({ buckets: [MIDNIGHT, MIDNIGHT + MINUTE_MS], widthMs: MINUTE_MS }, noCounts, heard)).toEqual([
      { from: '2026-03-02T00:01:00.000Z', to: '2026-03-02T00:02:00.000Z', kind: 'silent' },
    ])
  })

  it('covers exactly the buckets that are neither counted nor heard of', () => {
    const width = 5
    const count = 48
    const minute = fc.integer({ min: 0, max: width * count - 1 })
    fc.assert(
      fc.property(fc.array(minute), fc.array(minute), fc.boolean(), (heardMinutes, countedMinutes, isOlder) => {
        const buckets = Array.from({ length: count }, (_, index) => MIDNIGHT + index * width * MINUTE_MS)
        const bucketOf = (minutes: number) => Math.floor(minutes / width)
        const known = new Set(
          [...heardMinutes, ...heardMinutes.map((each) => each + 1), ...countedMinutes].map(bucketOf),
        )
        const counted = new Set(countedMinutes.map((each) => buckets[bucketOf(each)] ?? 0))
        const gaps = findGaps({ buckets, widthMs: width * MINUTE_MS }, counted, {
          minutesByDay: heardAt(...heardMinutes),
          isOlder,
        })
        const isInGap = (ms: number) => gaps.some(({ from, to }) => Date.parse(from) <= ms && ms < Date.parse(to))
        expect(buckets.map(isInGap)).toEqual(buckets.map((_, index) => !known.has(index)))
      }),
      { numRuns: 50 },
    )
  })
})
