import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCoarseness } from './find-coarseness.ts'

const MINUTE_MS = 60_000
const at = (...minutes: readonly number[]) =>
  minutes.map((minute) => Date.parse('2026-11-23T10:00:00Z') + minute * MINUTE_MS)

describe('the step in which traffic was recorded', () => {
  it.each([
    ['every quarter of an hour, seen by five minutes', at(10, 25, 55, 70, 85, 115), 300, 900],
    ['every quarter of an hour, seen by a minute', at(14, 29, 44), 60, 900],
    ['every hour, seen by a minute', at(59, 119, 179), 60, 3_600],
    ['every hour, seen by the quarter', at(45, 105, 165, 225, 345), 900, 3_600],
  ])('is %s', (_, counted, bucketSeconds, step) => {
    expect(findCoarseness(counted, bucketSeconds)).toBe(step)
  })

  it('is not longer than the buckets where two of them are neighbours, whatever else there is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500)), fc.nat(500), (minutes, minute) => {
        expect(findCoarseness(at(...[...minutes, minute, minute + 1].map((each) => each * 5)), 300)).toBeNull()
      }),
    )
  })

  it('cannot be told from so few buckets that chance would do', () => {
    expect(findCoarseness(at(10, 25, 40), 300)).toBeNull()
    expect(findCoarseness(at(15, 75, 135), 900)).toBeNull()
    expect(findCoarseness(at(15, 15, 15, 15), 60)).toBeNull()
    expect(findCoarseness([], 60)).toBeNull()
  })

  it('is none where the buckets are as wide', () => {
    expect(findCoarseness(at(0, 15, 30, 45, 60), 900)).toBeNull()
    expect(findCoarseness(at(0, 60, 120, 180), 3_600)).toBeNull()
  })
})
