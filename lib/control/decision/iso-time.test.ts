import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIsoTimeReader } from './iso-time.ts'

const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })

test('reads what toISOString writes, day after day', () => {
  const read = createIsoTimeReader()
  fc.assert(
    fc.property(times, (time) => {
      expect(read(time.toISOString())).toBe(time.getTime())
      expect(read(new Date(time.getTime() + 1).toISOString())).toBe(time.getTime() + 1)
    }),
  )
})

test.each([
  '2026-02-29T00:00:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '2026-04-31T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-00-01T00:00:00.000Z',
  '2026-01-00T00:00:00.000Z',
  '2026-01-32T00:00:00.000Z',
  '2026-01-01T24:00:00.000Z',
  '2026-01-01T00:60:00.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000+00:00',
  ' 2026-01-01T00:00:00.000Z',
  '2026-01-01',
  '',
])('reads nothing from %j', (text) => {
  const read = createIsoTimeReader()
  expect(read(text)).toBeNaN()
  expect(read('2026-02-28T01:02:03.004Z')).toBe(Date.UTC(2026, 1, 28, 1, 2, 3, 4))
  expect(read(text)).toBeNaN()
})
