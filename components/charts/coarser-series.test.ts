import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toCoarserSeries } from './coarser-series.ts'

const HOUR_MS = 3_600_000
const seriesOf = (counts: number[]) => ({
  bucketSeconds: 3_600,
  buckets: counts.map((_, index) => new Date(index * HOUR_MS).toISOString()),
  series: [{ key: 'denied', label: 'Denied', counts }],
})

it('adds up adjacent buckets, and leaves out the oldest that do not fill one', () => {
  const { bucketSeconds, buckets, series } = toCoarserSeries(seriesOf([1, 2, 3, 4, 5]), 3)
  expect(bucketSeconds).toBe(7_200)
  expect(series[0]?.counts).toEqual([5, 9])
  expect(buckets).toEqual([1, 3].map((hour) => new Date(hour * HOUR_MS).toISOString()))
})

it('loses none of the counts it shows and keeps to the bound', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 100 }),
      (counts, bucketsMax) => {
        const { buckets, bucketSeconds, series } = toCoarserSeries(seriesOf(counts), bucketsMax)
        const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
        const shown = buckets.length * (bucketSeconds / 3_600)
        expect(total(series[0]?.counts ?? [])).toBe(total(counts.slice(-shown)))
        expect(counts.length - shown).toBeLessThan(bucketSeconds / 3_600)
        expect(buckets.length).toBeLessThanOrEqual(bucketsMax)
        expect(series[0]?.counts).toHaveLength(buckets.length)
      },
    ),
  )
})
