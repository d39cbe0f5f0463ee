import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toCoarserSeries } from './coarser-series.ts'
import { hour, hourlySeries } from './test-series.ts'

it('adds up adjacent buckets from a round time on, and leaves out the oldest that do not fill one', () => {
  const hours = hourlySeries([1, 2, 3, 4, 5], { buckets: [7, 8, 9, 10, 11].map(hour) })
  const { bucketSeconds, buckets, series } = toCoarserSeries(hours, 3)
  expect(bucketSeconds).toBe(7_200)
  expect(series[0]?.counts).toEqual([5, 9])
  expect(buckets).toEqual([8, 10].map(hour))
})

it('has widths that divide an hour or a day', () => {
  const quarters = (count: number) => hourlySeries(new Array<number>(count).fill(1), { bucketSeconds: 900 })
  expect([40, 30, 15].map((bucketsMax) => toCoarserSeries(quarters(96), bucketsMax).bucketSeconds)).toEqual([
    3_600, 3_600, 7_200,
  ])
  expect(toCoarserSeries(hourlySeries(new Array<number>(150).fill(1)), 30).bucketSeconds).toBe(21_600)
})

it('loses none of the counts it shows and keeps to the bound', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 100 }),
      (counts, bucketsMax) => {
        const { buckets, bucketSeconds, series } = toCoarserSeries(hourlySeries(counts), bucketsMax)
        const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
        const left = Date.parse(buckets[0] ?? '') / 3_600_000
        expect(total(series[0]?.counts ?? [])).toBe(total(counts.slice(left)))
        expect(left).toBeLessThan(bucketSeconds / 3_600)
        expect(buckets.length).toBeLessThanOrEqual(bucketsMax)
        expect(series[0]?.counts).toHaveLength(buckets.length)
      },
    ),
  )
})

it('knows something of a bucket when it is known of a part of it', () => {
  const gaps = [
    { from: hour(0), to: hour(3), kind: 'before-recording' as const },
    { from: hour(3), to: hour(7), kind: 'silent' as const },
  ]
  const coarser = toCoarserSeries(hourlySeries([0, 0, 0, 0, 0, 0, 0, 5, 1, 2], { gaps, isOpen: true }), 5)
  expect(coarser.gaps).toEqual([
    { from: hour(0), to: hour(2), kind: 'before-recording' },
    { from: hour(2), to: hour(6), kind: 'silent' },
  ])
  expect(coarser.isOpen).toBe(true)
})
