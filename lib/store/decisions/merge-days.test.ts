import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeDays } from './merge-days.ts'
import type { PlacedDay } from './recorded-days.ts'

const HOURS = 24
const AGES = 17
const rows = fc.uniqueArray(
  fc.record({
    place: fc.nat(12),
    hour: fc.nat(HOURS - 1),
    count: fc.nat(2 ** 33),
    age: fc.option(fc.nat(AGES - 1)),
  }),
  { selector: ({ place }) => place },
)
interface Row {
  readonly place: number
  readonly hour: number
  readonly count: number
  readonly age: number | null
}

function toDay(items: readonly Row[]): PlacedDay {
  const slots = new Float64Array(items.length * HOURS)
  const ages = new Float64Array(items.length * AGES)
  for (const [row, { hour, count, age }] of items.entries()) {
    slots[row * HOURS + hour] = count
    if (age !== null) ages[row * AGES + age] = count
  }
  const hasAges = Uint8Array.from(items, ({ age }) => Number(age !== null))
  return { hoursPerSlot: 1, places: Int32Array.from(items, ({ place }) => place), slots, ages, hasAges }
}

test('has a row for each signature, with what its parts count together', () => {
  fc.assert(
    fc.property(fc.array(rows, { maxLength: 5 }), (parts) => {
      const merged = mergeDays(parts.map(toDay))
      const all = parts.flat()
      expect([...merged.places].sort()).toEqual([...new Set(all.map(({ place }) => place))].sort())
      for (const [row, place] of merged.places.entries()) {
        const own = all.filter((item) => item.place === place)
        const sumOf = (items: readonly Row[]): number => items.reduce((sum, { count }) => sum + count, 0)
        const hours = Array.from({ length: HOURS }, (_, hour) => sumOf(own.filter((item) => item.hour === hour)))
        const ages = Array.from({ length: AGES }, (_, age) => sumOf(own.filter((item) => item.age === age)))
        expect([...merged.slots.subarray(row * HOURS, (row + 1) * HOURS)]).toEqual(hours)
        expect([...merged.ages.subarray(row * AGES, (row + 1) * AGES)]).toEqual(ages)
        expect(merged.hasAges[row]).toBe(Number(own.some(({ age }) => age !== null)))
      }
    }),
  )
})
