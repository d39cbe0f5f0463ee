import { expect, it } from 'vitest'
import type { ForecastComparison } from '#lib/client/object-types.ts'
import { toActual } from './actual-since.ts'

const AT = '2026-03-01T10:00:00.000Z'
const toCaller = (name: string) => ({ key: `service:${name}`, kind: 'service', name }) as const
const change = { at: AT, actual: { requests: 13, denied: 8, unforeseen: [] } }

function compare(callers: ForecastComparison['callers']): ForecastComparison {
  const comparison = { at: AT, requests: 12, denied: 8, forecast: 8, verdict: 'as-forecast', callers }
  return comparison as unknown as ForecastComparison // without the chart, which is not looked at
}

it('says what the comparison beside it says', () => {
  const comparison = compare([
    { caller: toCaller('billing'), requests: 9, denied: 7, forecast: 7, isForeseen: true },
    { caller: toCaller('cron'), requests: 3, denied: 1, forecast: 0, isForeseen: false },
  ])
  expect(toActual(change, comparison)).toEqual({
    requests: 12,
    denied: 8,
    unforeseen: [{ caller: toCaller('cron'), denied: 1 }],
  })
})

it('leaves out a caller that no forecast names and that was not denied', () => {
  const comparison = compare([{ caller: toCaller('web'), requests: 3, denied: 0, forecast: 1, isForeseen: false }])
  expect(toActual(change, comparison)?.unforeseen).toEqual([])
})

it('keeps its own figures where another change is compared, or none', () => {
  expect(toActual({ ...change, at: '2026-03-01T09:00:00.000Z' }, compare([]))).toBe(change.actual)
  expect(toActual(change, null)).toBe(change.actual)
  expect(toActual(change, undefined)).toBe(change.actual)
})
