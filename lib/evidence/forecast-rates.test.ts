import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCaller } from './caller.ts'
import { judgeForecast, toForecastRates, type ForecastCaller } from './forecast-rates.ts'

type Kind = ForecastCaller['caller']['kind']
const named = (kind: Kind, name: string, wouldDeny: number, requests: number): ForecastCaller => ({
  caller: toCaller(kind, kind === 'anonymous' ? null : name, name),
  requests,
  wouldDeny,
})

describe('what was forecast of a caller', () => {
  test('is the part of its own requests that the change denies', () => {
    const rates = toForecastRates([[named('service', 'cron', 200, 200), named('service', 'web', 5, 1_000)]], 100)
    expect(rates.get('service:cron')).toEqual({ rate: 1, seen: 200 })
    expect(rates.get('service:web')).toEqual({ rate: 0.005, seen: 1_000 })
    expect(rates.get('service:somebody-else')).toBeUndefined()
  })

  test('counts people by the percent, as each of them is enforced or not', () => {
    const people = named('user', 'user@corporate', 100, 100)
    expect(toForecastRates([[people]], 10).get(people.caller.key)?.rate).toBe(0.1)
    expect(toForecastRates([[people]], 100).get(people.caller.key)?.rate).toBe(1)
  })

  test('is what the newest change that names it says, and that of an earlier step where none does', () => {
    const steps = [[named('service', 'b', 10, 20)], [named('service', 'a', 4, 4), named('service', 'b', 1, 20)]]
    const rates = toForecastRates(steps, 50)
    expect(rates.get('service:a')?.rate).toBe(1)
    expect(rates.get('service:b')?.rate).toBe(0.5)
  })
})

describe('the verdict on a forecast', () => {
  const compared = (requests: number, denied: number, rate: number, seen = 10_000) => ({
    requests,
    denied,
    forecast: { rate, seen },
  })

  test('of a caller that is always denied allows no chance, however few its requests are', () => {
    expect(judgeForecast([compared(27, 27, 1)])).toBe('as-forecast')
    expect(judgeForecast([compared(56, 40, 1)])).toBe('fewer-denied')
  })

  test('of one that is denied now and then allows what chance does', () => {
    expect(judgeForecast([compared(1_000, 110, 0.1)])).toBe('as-forecast')
    expect(judgeForecast([compared(1_000, 140, 0.1)])).toBe('more-denied')
    expect(judgeForecast([compared(1_000, 60, 0.1)])).toBe('fewer-denied')
  })

  test('of one that was seen a few times only is not held to it', () => {
    expect(judgeForecast([compared(100, 80, 1, 3)])).toBe('as-forecast')
    expect(judgeForecast([compared(100, 80, 1, 10_000)])).toBe('fewer-denied')
  })

  test('does not follow from other callers, whoever calls how often', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1_000), fc.constantFrom(0, 1)), { maxLength: 9 }), (callers) => {
        const kept = callers.map(([requests, rate]) => compared(requests, requests * rate, rate))
        expect(judgeForecast(kept)).toBe('as-forecast')
      }),
    )
  })
})
