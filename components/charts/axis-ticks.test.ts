import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toAxisTicks } from './axis-ticks.ts'

const HOUR_MS = 3_600_000
const utc = (atMs: number) => atMs
const toBuckets = (from: string, bucketSeconds: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(from) + index * bucketSeconds * 1_000).toISOString())
const ticksOf = (from: string, bucketSeconds: number, count: number, ticksMax = 9, toLocal = utc) =>
  toAxisTicks(toBuckets(from, bucketSeconds, count), bucketSeconds, ticksMax, toLocal).at.map((at) => at.slice(5, 16))

describe('ticks below a chart', () => {
  it('of a day are every three hours, wherever the day begins', () => {
    expect(ticksOf('2026-11-27T02:15:00Z', 900, 96)).toEqual([
      ...['11-27T03:00', '11-27T06:00', '11-27T09:00', '11-27T12:00', '11-27T15:00', '11-27T18:00', '11-27T21:00'],
      ...['11-28T00:00'],
    ])
  })

  it('of an hour are every ten minutes, of six hours every hour', () => {
    expect(ticksOf('2026-11-27T02:07:00Z', 60, 60).map((at) => at.slice(-2))).toEqual([
      '10',
      '20',
      '30',
      '40',
      '50',
      '00',
    ])
    expect(ticksOf('2026-11-27T02:05:00Z', 300, 72).map((at) => at.slice(-5))).toEqual([
      ...['03:00', '04:00', '05:00', '06:00', '07:00', '08:00'],
    ])
  })

  it('of a week are whole days, each once', () => {
    const { at, isByDay } = toAxisTicks(toBuckets('2026-11-20T03:00:00Z', 10_800, 57), 10_800, 9, utc)
    expect(isByDay).toBe(true)
    expect(at.map((each) => each.slice(5, 13))).toEqual(
      ['21', '22', '23', '24', '25', '26', '27'].map((day) => `11-${day}T00`),
    )
  })

  it('are round on the clock of the person', () => {
    const india = (atMs: number) => atMs + 5.5 * HOUR_MS
    expect(ticksOf('2026-11-27T02:15:00Z', 900, 96, 9, india)[0]).toBe('11-27T03:30')
  })

  it('are as many as there is room for, evenly far apart, and none twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(60, 300, 900, 3_600, 10_800, 21_600),
        fc.integer({ min: 10, max: 120 }),
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 0, max: 10_000 }),
        (bucketSeconds, count, ticksMax, shift) => {
          const from = new Date(Math.floor((1.79e12 + shift * 3.6e6) / (bucketSeconds * 1_000)) * bucketSeconds * 1_000)
          const { at } = toAxisTicks(toBuckets(from.toISOString(), bucketSeconds, count), bucketSeconds, ticksMax, utc)
          expect(at.length).toBeLessThanOrEqual(ticksMax + 1)
          const gaps = at.slice(1).map((each, index) => Date.parse(each) - Date.parse(at[index] ?? ''))
          expect(new Set(gaps).size).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
