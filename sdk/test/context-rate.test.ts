/** How many requests a caller sends to an endpoint, and what happens above the limit. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParsedRule } from '../../lib/policy/rule.ts'
import { RequestCounter } from '../src/context/request-counter.ts'
import { RequestCounters } from '../src/context/request-counters.ts'
import { Route } from '../src/guard/route-table.ts'
import { ContextHarness, endpoint, type AskedRequest } from './context-harness.ts'

const atMost = (requestsMax: number, windowSeconds = 60): ParsedRule => ({
  access: 'token',
  requirements: [{ kind: 'rate', requestsMax, windowSeconds }],
})

describe('RequestCounter', () => {
  const windowSeconds = 10
  const gaps = fc.array(fc.double({ min: 0, max: 4_000, noNaN: true }), { minLength: 1, maxLength: 200 })
  const times = gaps.map((steps) => {
    let at = 1e6
    return steps.map((step) => (at += step))
  })
  const countWithin = (all: readonly number[], nowMs: number, spanMs: number): number =>
    all.filter((at) => at <= nowMs && at > nowMs - spanMs).length

  it('counts every request of the window, and none that is older by more than 1/32 of it', () => {
    fc.assert(
      fc.property(times, (all) => {
        const counter = new RequestCounter(windowSeconds)
        all.forEach((nowMs, index) => {
          const count = counter.count(nowMs)
          const past = all.slice(0, index + 1)
          expect(count).toBeGreaterThanOrEqual(countWithin(past, nowMs, windowSeconds * 1000))
          expect(count).toBeLessThanOrEqual(countWithin(past, nowMs, windowSeconds * 1000 * (33 / 32) + 0.001))
        })
      }),
    )
  })

  it('tells a time after which one more is within the limit, and not before', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 20 }), (all, requestsMax) => {
        const after = (extraMs: number): number => {
          const counter = new RequestCounter(windowSeconds)
          for (const at of all) counter.count(at)
          const nowMs = all.at(-1) ?? 0
          const waitMs = counter.waitMs(nowMs, requestsMax)
          return counter.count(nowMs + Math.max(0, waitMs + extraMs))
        }
        expect(after(0.01)).toBeLessThanOrEqual(requestsMax)
        const counter = new RequestCounter(windowSeconds)
        for (const at of all) counter.count(at)
        if (counter.waitMs(all.at(-1) ?? 0, requestsMax) > 1) expect(after(-1)).toBeGreaterThan(requestsMax)
      }),
    )
  })

  it('is idle after the window', () => {
    const counter = new RequestCounter(1)
    counter.count(5_000)
    expect([counter.isIdle(5_999), counter.isIdle(6_100)]).toEqual([false, true])
  })
})

describe('RequestCounters', () => {
  const route = new Route('GET', '/orders', 0)

  it('counts a subscriber of IPv6 as one, however many addresses it uses', () => {
    const counters = new RequestCounters()
    const of = (address: string | null): RequestCounter => counters.ofAddress(address, route, 60, 0)
    expect(of('2001:db8::1')).toBe(of('2001:db8::ffff:1'))
    expect(of('2001:db8::1')).not.toBe(of('2001:db8:0:1::1'))
    expect(of('192.0.2.1')).not.toBe(of('192.0.2.2'))
    expect(of(null)).toBe(of(null))
  })

  it('counts newcomers together when a flood has taken every place, and displaces no caller', () => {
    const counters = new RequestCounters()
    const billing = counters.ofCaller('billing', route, 60, 0)
    for (let index = 0; index < 20_000; index++)
      counters.ofAddress(`10.${String(index >> 8)}.${String(index & 255)}.1`, route, 60, 0).count(0)
    const newcomers = ['192.0.2.1', '192.0.2.2'].map((address) => counters.ofAddress(address, route, 60, 10))
    expect(newcomers[0]).toBe(newcomers[1])
    expect(counters.ofCaller('billing', route, 60, 10)).toBe(billing)
    const later = ['192.0.2.1', '192.0.2.2'].map((address) => counters.ofAddress(address, route, 60, 70_000))
    expect(later[0]).not.toBe(later[1])
  })
})

describe('a rule with a rate', () => {
  const statuses = (harness: ContextHarness, times: number, request: AskedRequest): (number | null)[] =>
    Array.from({ length: times }, () => harness.ask('/orders', request).refusal?.status ?? null)
  const [ok, tooMany] = [null, 429]

  it('answers 429 above the limit, and when to come back', () => {
    const harness = new ContextHarness({}, { endpoints: [endpoint('GET /orders', 'enforce', atMost(3, 30))] })
    const token = harness.plane.issueToken()
    expect(statuses(harness, 3, { token })).toEqual([ok, ok, ok])
    const { refusal } = harness.ask('/orders', { token })
    expect(refusal).toMatchObject({ status: 429, headers: { 'content-type': 'application/problem+json' } })
    const retryAfter = Number(refusal?.headers['retry-after'])
    expect(retryAfter).toBeGreaterThanOrEqual(29)
    expect(retryAfter).toBeLessThanOrEqual(31)
    const answered = harness
      .report()
      .map(({ signature: { reason, context }, count }) => [
        ...[reason, count, context?.requirementsMet, context?.requirementsUnmet],
      ])
    expect(answered).toEqual([
      ['rate-exceeded', 1, [], ['rate 3/30']],
      [null, 3, ['rate 3/30'], []],
    ])
  })

  it('counts one caller over all of its tokens, and each caller and endpoint for itself', () => {
    const rule = atMost(2)
    const harness = new ContextHarness(
      {},
      { endpoints: [endpoint('GET /orders', 'enforce', rule), endpoint('GET /stock', 'enforce', rule)] },
    )
    const token = (client_id: string): string => harness.plane.issueToken({ client_id })
    const [first, second] = [token('billing'), token('billing')]
    expect([
      ...statuses(harness, 1, { token: first }),
      ...statuses(harness, 2, { token: second }),
      ...statuses(harness, 1, { token: first }),
    ]).toEqual([ok, ok, tooMany, tooMany])
    expect(statuses(harness, 1, { token: token('shipping') })).toEqual([ok])
    expect(harness.ask('/stock', { token: first }).refusal).toBeNull()
  })

  it('goes on counting when another revision arrives', () => {
    const harness = new ContextHarness({}, { endpoints: [endpoint('GET /orders', 'enforce', atMost(2))] })
    const token = harness.plane.issueToken()
    expect(statuses(harness, 2, { token })).toEqual([ok, ok])
    harness.publish({})
    expect(statuses(harness, 1, { token })).toEqual([tooMany])
  })

  it('does not let a token that is not valid use up what its caller may do', () => {
    const harness = new ContextHarness({}, { endpoints: [endpoint('GET /orders', 'enforce', atMost(1))] })
    const expired = harness.plane.issueToken({ exp: 1_700_000_000, iat: 1_600_000_000 })
    expect(statuses(harness, 3, { token: expired })).toEqual([401, 401, 401])
    expect(statuses(harness, 1, { token: harness.plane.issueToken() })).toEqual([ok])
  })

  it('only records in log-only', () => {
    const harness = new ContextHarness({}, { endpoints: [endpoint('GET /orders', 'log-only', atMost(1))] })
    const token = harness.plane.issueToken()
    expect([1, 2].map(() => harness.ask('/orders', { token }))).toEqual([
      { reason: null, refusal: null },
      { reason: 'rate-exceeded', refusal: null },
    ])
  })
})
