import { expect, test, vi } from 'vitest'
import { createOpenDay } from './open-day.ts'
import type { HourSpan } from './recorded-day.ts'

const HOURS = 24
const SIGNATURES = 2_001
const DAY_MS = Date.parse('2026-11-27T00:00:00Z')
const at = (hour: number) => DAY_MS + hour * 3_600_000

/** Each signature is counted once in every hour; hours are answered when they are let. */
function setUp() {
  const spans: HourSpan[] = []
  const waiting: (() => void)[] = []
  let isHeldUp = false
  const readDay = createOpenDay(async (span) => {
    spans.push(span)
    if (isHeldUp) await new Promise<void>((resolve) => waiting.push(resolve))
    const slots = new Uint32Array(SIGNATURES * HOURS)
    for (let row = 0; row < SIGNATURES; row++) slots.fill(1, row * HOURS + span.fromHour, row * HOURS + span.toHour)
    const places = Int32Array.from({ length: SIGNATURES }, (_, place) => place)
    return { hoursPerSlot: 1, places, slots, ages: new Uint32Array(0), hasAges: new Uint8Array(SIGNATURES) }
  })
  const hoursOf = async (hour: number) => Array.from((await readDay(at(hour), '0'))?.slots.subarray(0, HOURS) ?? [])
  return {
    ...{ hoursOf, spans },
    holdUp: () => void (isHeldUp = true),
    let: () => {
      isHeldUp = false
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}
const counted = (hours: number) => Array.from({ length: HOURS }, (_, hour) => (hour < hours ? 1 : 0))

test('counts every hour once, over or open, as far as clocks may be ahead', async () => {
  for (const hour of [0, 1, 2, 5, 22, 23]) expect(await setUp().hoursOf(hour)).toEqual(counted(hour + 2))
})

test('lets nobody wait for hours that come to be over, and counts them meanwhile and after', async () => {
  const { hoursOf, spans, holdUp, let: go } = setUp()
  await hoursOf(9)
  spans.splice(0)
  const tenth = hoursOf(10)
  expect(await tenth).toEqual(counted(12))
  // The only one that is new; the one that is over is read beside it.
  expect(
    spans
      .splice(0)
      .map(({ fromHour }) => fromHour)
      .sort(),
  ).toEqual([11, 7].sort())
  holdUp()
  const eleventh = hoursOf(11)
  await vi.waitFor(() => expect(spans.map(({ fromHour }) => fromHour)).toContain(12))
  go()
  expect(await eleventh).toEqual(counted(13))
  await vi.waitFor(async () => expect(await hoursOf(11)).toEqual(counted(13)))
})

test('begins anew with another day', async () => {
  const { hoursOf } = setUp()
  await hoursOf(23)
  expect(await hoursOf(24)).toEqual(counted(2))
})
