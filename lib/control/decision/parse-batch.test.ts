import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { DecisionBatch } from '../../contract/machine.ts'
import { createBatchParser } from './parse-batch.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const reporter = { environmentId: 'environment', serviceId: 'service' }

const signature = {
  method: 'GET',
  route: '/orders',
  mode: 'log-only',
  outcome: 'allowed',
  reason: null,
  tokenProblem: null,
  callerKind: 'service',
  caller: 'payments',
  callerHint: null,
  issuer: 'https://stepgate.example/e/production',
  scopes: ['orders:read'],
  missingScopes: [],
  sender: 'none',
  revision: 1,
  evaluated: true,
  count: 5,
  firstAt: '2026-11-20T11:59:00Z',
  lastAt: '2026-11-20T12:00:00Z',
  tokenAges: null,
}
const context = { country: 'CH', autonomousSystem: 3303, device: 'known', signals: ['endpoint-first-use'] }

const parseBatch = createBatchParser()
const parse = (...signatures: object[]) =>
  parseBatch({ signatures, samples: [], replayed: false } as unknown as DecisionBatch, reporter, now) // the rest is not looked at
const hashOf = (changes: object) => parse({ ...signature, ...changes }).signatures[0]?.hash

describe('the hash of a signature', () => {
  test('is without context what it was before there was any, so that stored signatures are found again', () => {
    const facts = JSON.stringify([
      ...['environment', 'service', 'GET', '/orders', 'log-only', 'allowed', null, null, 'service', 'payments', null],
      ...['https://stepgate.example/e/production', ['orders:read'], [], 'none', true, false],
    ])
    const before = createHash('sha256').update(facts).digest('hex')
    expect(hashOf({})).toBe(before)
    expect(hashOf({ context: null })).toBe(before)
  })

  test('tells contexts apart, and takes what is left out for its default', () => {
    const hashes = [{}, { context: {} }, { context }, { context: { ...context, country: 'DE' } }].map(hashOf)
    expect(new Set(hashes).size).toBe(4)
    expect(
      hashOf({ context: { signals: ['endpoint-first-use'], device: 'known', country: 'CH', autonomousSystem: 3303 } }),
    ).toBe(hashOf({ context: { ...context, observed: [], requirementsMet: [], requirementsUnmet: [] } }))
  })
})

test.each([
  ['a country nobody writes so', { ...context, country: 'ch' }, '/signatures/0/context/country'],
  ['a signal nobody knows', { ...context, signals: ['mood'] }, '/signatures/0/context/signals/0'],
  ['a field nobody knows', { ...context, latitude: 1 }, '/signatures/0/context'],
  [
    'a condition that held and did not',
    { ...context, requirementsMet: ['rate 5/60'], requirementsUnmet: ['rate 5/60'] },
    '/signatures/0',
  ],
])('a context with %s is refused by name', (_name, wrong, pointer) => {
  expect(parse({ ...signature, context: wrong })).toMatchObject({ signatures: [], refused: [{ pointer }] })
})

describe('facts that were met before', () => {
  const of = (source: typeof reporter, item: object, replayed = false) =>
    parseBatch({ signatures: [item], samples: [], replayed } as unknown as DecisionBatch, source, now) // the rest is not looked at

  test('are those of one service and environment, and replayed ones are others', () => {
    const others = [reporter, { ...reporter, serviceId: 'other' }, { ...reporter, environmentId: 'other' }]
    const hashes = [
      ...others.map((source) => of(source, signature).signatures[0]?.hash),
      of(reporter, signature, true).signatures[0]?.hash,
    ]
    expect(new Set(hashes).size).toBe(4)
    expect(others.map((source) => of(source, signature).signatures[0]?.hash)).toEqual(hashes.slice(0, 3))
  })

  test('vouch for nothing but themselves', () => {
    expect(parse(signature).refused).toEqual([])
    const { count: _, ...withoutCount } = signature
    for (const [wrong, pointer] of [
      [{ ...signature, latitude: 1 }, '/signatures/0'],
      [{ ...signature, count: 0 }, '/signatures/0/count'],
      [{ ...withoutCount, weight: 5 }, '/signatures/0/count'],
      [{ ...signature, firstAt: 'yesterday' }, '/signatures/0/firstAt'],
      [{ ...signature, revision: undefined }, '/signatures/0/revision'],
      [{ ...signature, tokenAges: [9] }, '/signatures/0/tokenAges'],
      [{ ...signature, outcome: 'denied' }, '/signatures/0'],
    ] as const)
      expect(parse(wrong)).toMatchObject({ signatures: [], refused: [{ pointer }] })
  })

  test('are refused every time where they were refused once', () => {
    const wrong = { ...signature, method: 'get' }
    for (let round = 0; round < 3; round++)
      expect(parse(wrong).refused).toMatchObject([{ pointer: '/signatures/0/method' }])
  })

  test('are not what is no object', () => {
    const items = [null, 'GET /orders', 5, [signature]]
    expect(parse(...(items as object[])).refused.map(({ pointer }) => pointer)).toEqual(
      // what a sender may send all the same
      items.map((_, index) => `/signatures/${index}`),
    )
  })
})
