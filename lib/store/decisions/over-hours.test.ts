import { afterEach, expect, test, vi } from 'vitest'
import { createOverHours, type CountedHours } from './over-hours.ts'
import type { HourSpan } from './recorded-day.ts'
import type { PlacedDay } from './recorded-days.ts'

const HOURS = 24
const NO_AGES = 17
const day = '2026-11-27'

/** Each signature is counted `each` times an hour. */
function makeHours({ fromHour, toHour }: HourSpan, signatures: number, each: number): PlacedDay {
  const slots = new Uint32Array(signatures * HOURS)
  for (let row = 0; row < signatures; row++) slots.fill(each, row * HOURS + fromHour, row * HOURS + toHour)
  return {
    hoursPerSlot: 1,
    places: Int32Array.from({ length: signatures }, (_, place) => place),
    slots,
    ages: new Uint32Array(signatures * NO_AGES),
    hasAges: new Uint8Array(signatures),
  }
}

const total = ({ counted: { slots } }: CountedHours): number => Array.from(slots).reduce((sum, count) => sum + count, 0)

function setUp(signatures: number) {
  const spans: HourSpan[] = []
  let each = 1
  const readOver = createOverHours((span) => {
    spans.push(span)
    return Promise.resolve(makeHours(span, signatures, each))
  })
  return { readOver, spans, count: (times: number) => void (each = times) }
}

afterEach(() => vi.useRealTimers())

test('reads what is small anew for every question', async () => {
  const { readOver, count } = setUp(2_000)
  expect(total(await readOver({ day, toHour: 8, version: '0' }))).toBe(16_000)
  count(2)
  expect(total(await readOver({ day, toHour: 8, version: '0' }))).toBe(32_000)
})

test('reads what is large once, then beside those who ask the hours that came to be over, and all of another day', async () => {
  const { readOver, spans, count } = setUp(2_001)
  expect(total(await readOver({ day, toHour: 8, version: '0' }))).toBe(2_001 * 8)
  expect(spans.splice(0)).toEqual([
    { day, fromHour: 0, toHour: 6 },
    { day, fromHour: 6, toHour: 8 },
  ])
  count(2)
  expect(total(await readOver({ day, toHour: 8, version: '0' }))).toBe(2_001 * 8)
  expect(spans).toEqual([])
  const later = { day, toHour: 10, version: '0' }
  expect(await readOver(later)).toMatchObject({ toHour: 8 })
  await vi.waitFor(async () => expect(await readOver(later)).toMatchObject({ toHour: 10 }))
  expect(total(await readOver(later))).toBe(2_001 * 12)
  expect(spans.splice(0)).toEqual([{ day, fromHour: 8, toHour: 10 }])
  expect(total(await readOver({ day: '2026-11-28', toHour: 1, version: '0' }))).toBe(2_001 * 2)
})

test('never answers more hours than were asked for', async () => {
  const { readOver } = setUp(2_001)
  await readOver({ day, toHour: 9, version: '0' })
  expect(total(await readOver({ day, toHour: 8, version: '0' }))).toBe(2_001 * 8)
})

test('reads again what was told late, once in a while', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { readOver, spans, count } = setUp(2_001)
  const late = { day, toHour: 6, version: '1' }
  await readOver({ ...late, version: '0' })
  count(3)
  expect(total(await readOver(late))).toBe(2_001 * 6)
  vi.advanceTimersByTime(60_001)
  await readOver(late)
  await vi.waitFor(async () => expect(total(await readOver(late))).toBe(2_001 * 18))
  expect(spans).toHaveLength(2)
  vi.advanceTimersByTime(60_001)
  await readOver(late)
  expect(spans).toHaveLength(2)
})

test('reads once for several that ask at once', async () => {
  const { readOver, spans } = setUp(2_001)
  const asked = { day, toHour: 6, version: '0' }
  await Promise.all([readOver(asked), readOver(asked), readOver(asked)])
  expect(spans.splice(0)).toEqual([{ day, fromHour: 0, toHour: 6 }])
  const later = { ...asked, toHour: 7 }
  await Promise.all([readOver(later), readOver(later)])
  await vi.waitFor(async () => expect(await readOver(later)).toMatchObject({ toHour: 7 }))
  expect(spans).toEqual([{ day, fromHour: 6, toHour: 7 }])
})
