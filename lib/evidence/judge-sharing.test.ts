import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeSharing, type CredentialUse } from './judge-sharing.ts'

const HOUR_MS = 3_600_000
const START = Date.UTC(2026, 0, 1)
const at = (hours: number): Date => new Date(START + hours * HOUR_MS)
const use = (
  workload: string,
  fromHours: number,
  toHours: number,
  count = 100,
  address = '10.0.0.1',
): CredentialUse => ({
  ...{ workload, address, count },
  firstAt: at(fromHours),
  lastAt: at(toHours),
})
const judge = (uses: readonly CredentialUse[], concurrentRequests = 0, tokenLifetimeSeconds = 900) =>
  judgeSharing({ uses, concurrentRequests, tokenLifetimeSeconds })
const probability = (...question: Parameters<typeof judge>): number => judge(...question)?.probability ?? Number.NaN

const useArbitrary: fc.Arbitrary<CredentialUse> = fc
  .record({
    workload: fc.constantFrom('orders-api', 'orders-cron', 'stock-sync', 'orders-api-7f9c4', 'orders-api-2'),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', ''),
    from: fc.double({ min: 0, max: 100, noNaN: true }),
    hours: fc.double({ min: 0, max: 100, noNaN: true }),
    count: fc.integer({ min: 1, max: 100_000 }),
  })
  .map(({ workload, address, from, hours, count }) => use(workload, from, from + hours, count, address))
const usesArbitrary = fc.array(useArbitrary, { minLength: 1, maxLength: 8 })

describe('the probability that a credential is shared', () => {
  test('is close to one for two programs side by side for days, from different addresses', () => {
    expect(probability([use('orders-api', 0, 72), use('stock-sync', 1, 72, 100, '10.0.0.9')])).toBeGreaterThan(0.95)
  })

  test('is low after a handover, and for replicas of one program', () => {
    expect(probability([use('orders', 0, 10), use('orders-service', 11, 20)])).toBeLessThan(0.1)
    expect(probability([use('orders-7f9c4', 0, 72), use('orders-8d21b', 0, 72)])).toBeLessThan(0.15)
    expect(probability([use('orders-1', 0, 72), use('orders-2', 0, 72)])).toBeLessThan(0.15)
  })

  test('takes nobody for gone whose token may still be in use', () => {
    const uses = [use('orders', 0, 10), use('stock-sync', 10.2, 10.4)]
    expect(judge(uses)?.signs.find(({ kind }) => kind === 'overlap')?.weight).toBe(0)
    expect(probability(uses)).toBeGreaterThan(probability(uses, 0, 600))
  })

  test('takes for gone whom a rollout replaced, although both ran for some minutes', () => {
    const renamed = [use('orders', 0, 10), use('orders-service', 9.7, 20, 100, '10.0.0.2')]
    expect(probability(renamed)).toBeLessThan(0.1)
    const stillThere = [use('orders', 0, 10), use('orders-service', 9.7, 10.1, 3, '10.0.0.2')]
    expect(probability(stillThere)).toBeGreaterThan(0.5)
  })

  test.each([
    ['orders-6d4cf56db6-x7k2p', 'orders-7c9df8bb54-qwrtz'],
    ['orders-6d4cf56db6-x7k2p', 'orders-6d4cf56db6-bcdfg'],
    ['3f2a9c41d07b', 'a41b22cd9e10'],
    ['orders-550e8400-e29b-41d4-a716-446655440000', 'orders-6fa459ea-ee8a-3ca4-894e-db77e160355e'],
    ['orders@1.9.3', 'orders@2.0.0'],
    ['orders/1.9.3', 'orders/2.0.0'],
    ['orders-v12', 'orders-v13'],
    ['orders1', 'orders2'],
    ['orders-blue', 'orders-green'],
  ])('takes %s and %s for replicas or versions of one program', (one, other) => {
    expect(probability([use(one, 0, 72), use(other, 0, 72, 100, '10.0.0.2')])).toBeLessThan(0.15)
  })

  test.each([
    ['orders-worker', 'orders-api'],
    ['orders-batch', 'orders-crypt'],
    ['orders-6d4cf56db6-x7k2p', 'stock-6d4cf56db6-x7k2p'],
    ['cart/server.js', 'orders/server.js'],
  ])('takes %s and %s for two programs', (one, other) => {
    expect(probability([use(one, 0, 72), use(other, 0, 72)])).toBeGreaterThan(0.9)
  })

  test('is not given for one program, wherever it runs', () => {
    expect(judge([use('orders', 0, 9), use('orders', 3, 9, 5, '10.0.0.2'), use('', 0, 9)])).toBeNull()
  })

  test('is never certain, and does not depend on the order', () => {
    fc.assert(
      fc.property(usesArbitrary, fc.nat(50), (uses, concurrentRequests) => {
        const judged = judge(uses, concurrentRequests)
        const isOne = new Set(uses.map(({ workload }) => workload)).size < 2
        expect(judged === null).toBe(isOne)
        if (judged === null) return
        expect(judged.probability).toBeGreaterThan(0)
        expect(judged.probability).toBeLessThan(1)
        expect(probability(uses.toReversed(), concurrentRequests)).toBe(judged.probability)
      }),
    )
  })

  test('never falls with another program, or when services saw two at once', () => {
    fc.assert(
      fc.property(usesArbitrary, useArbitrary, (uses, another) => {
        const before = judge(uses)?.probability ?? 0
        expect(probability(uses, 3)).not.toBeLessThan(before)
        const isNew = !uses.some(({ workload }) => workload === another.workload)
        if (isNew) expect(probability([...uses, another])).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  test('is found among the programs with most uses, however many names somebody makes up', () => {
    const madeUp = Array.from({ length: 20_000 }, (_, index) => use(`made-up-${index.toString(36)}x`, 0, 72, 1))
    const judged = judge([...madeUp, use('orders-api', 0, 72, 900), use('stock-sync', 0, 72, 900)])
    expect(judged?.programs.length).toBe(50)
    expect(judged?.signs[0]?.detail).toBe('orders-api and stock-sync are named like two programs.')
  })

  test('never falls with more time side by side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 90, noNaN: true }),
        fc.double({ min: 0, max: 90, noNaN: true }),
        (hours, more) => {
          const shared = (end: number) => probability([use('orders', 0, end, 500), use('stock-sync', 0, end, 500)])
          expect(shared(hours + more)).toBeGreaterThanOrEqual(shared(hours))
        },
      ),
    )
  })

  test('comes with a sentence for each sign, and their weights are all there is', () => {
    const judged = judge([use('orders', 0, 24), use('stock-sync', 0, 24)], 7)
    expect(judged?.signs.map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
      'names: orders and stock-sync are named like two programs.',
      'addresses: Both come from 10.0.0.1.',
      'overlap: Both used it for 24 hours side by side.',
      'interleaving: In that time each used it about 100 times or more.',
      'concurrency: Services saw its tokens with two programs at once in 7 requests.',
    ])
    const logOdds = (judged?.signs ?? []).reduce((sum, { weight }) => sum + weight, -3)
    expect(judged?.probability).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 12)
  })
})
