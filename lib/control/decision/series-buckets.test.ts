import { describe, expect, it } from 'vitest'
import { toSeriesBuckets } from './series-buckets.ts'

const NOW = new Date('2026-03-20T10:07:30Z')
const MINUTES_FROM = new Date(NOW.getTime() - 13 * 24 * 3_600_000)
const ago = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000)
const DAY = 24
const iso = (ms: number | undefined) => new Date(ms ?? 0).toISOString()

describe('the buckets of a window', () => {
  it.each([
    [1, 60],
    [6, 300],
    [DAY, 900],
    [7 * DAY, 10_800],
    [30 * DAY, 21_600],
  ])('of %i hours are %i seconds wide and cover all of it', (hours, width) => {
    const { bucketSeconds, buckets } = toSeriesBuckets({ from: ago(hours), to: NOW }, NOW, MINUTES_FROM)
    expect(bucketSeconds).toBe(width)
    expect(buckets.every((at) => at % (width * 1_000) === 0)).toBe(true)
    expect(Math.abs((buckets[0] ?? 0) - ago(hours).getTime())).toBeLessThan(width * 1_000)
    const end = (buckets.at(-1) ?? 0) + width * 1_000
    expect(end).toBeGreaterThanOrEqual(NOW.getTime())
    expect(end - NOW.getTime()).toBeLessThan(width * 1_000)
  })

  it('end with the one that is not over yet: of the future nothing is shown', () => {
    const { buckets } = toSeriesBuckets({ from: ago(1), to: ago(-2) }, NOW, MINUTES_FROM)
    expect(iso(buckets.at(-1))).toBe('2026-03-20T10:05:00.000Z')
    expect(toSeriesBuckets({ from: ago(-1), to: ago(-2) }, NOW, MINUTES_FROM).buckets).toEqual([])
  })

  it('are counted to the minute, and where hours or three hours are read to those', () => {
    const counted = (from: string, to: string) => {
      const { countedFrom, countedTo } = toSeriesBuckets({ from: new Date(from), to: new Date(to) }, NOW, MINUTES_FROM)
      return [countedFrom.toISOString().slice(5, 16), countedTo.toISOString().slice(5, 16)]
    }
    expect(counted('2026-03-20T08:06:30Z', '2026-03-20T09:06:30Z')).toEqual(['03-20T08:07', '03-20T09:07'])
    expect(counted('2026-03-17T08:06:30Z', '2026-03-20T09:06:30Z')).toEqual(['03-17T09:00', '03-20T10:00'])
    expect(counted('2026-03-13T09:06:30Z', '2026-03-20T05:06:30Z')).toEqual(['03-13T12:00', '03-20T06:00'])
    expect(counted('2026-03-13T09:06:30Z', '2026-03-20T09:06:30Z')).toEqual(['03-13T12:00', '03-20T10:07'])
    expect(toSeriesBuckets({ from: ago(1), to: ago(-2) }, NOW, MINUTES_FROM).countedTo).toEqual(NOW)
  })

  it('are not narrower than the step in which something was recorded', () => {
    const quarters = toSeriesBuckets({ from: ago(5), to: ago(3) }, NOW, MINUTES_FROM, 900)
    expect(quarters.bucketSeconds).toBe(900)
    expect([quarters.countedFrom, quarters.countedTo].map((at) => iso(at.getTime()).slice(11, 16))).toEqual([
      '05:15',
      '07:15',
    ])
    expect(toSeriesBuckets({ from: ago(7 * DAY), to: NOW }, NOW, MINUTES_FROM, 3_600).bucketSeconds).toBe(10_800)
  })

  it('are hours where the minutes are not kept any more', () => {
    expect(toSeriesBuckets({ from: ago(20 * DAY), to: ago(20 * DAY - 2) }, NOW, MINUTES_FROM).bucketSeconds).toBe(3_600)
    expect(toSeriesBuckets({ from: ago(12 * DAY), to: ago(12 * DAY - 2) }, NOW, MINUTES_FROM).bucketSeconds).toBe(60)
  })
})
