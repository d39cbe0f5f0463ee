import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { DecisionBatch, SignatureReport } from '../../contract/machine.ts'
import { createDecisionIngest } from './decision-ingest.ts'
import { createNoveltyLimit } from './novelty-limit.ts'
import type { Reporter } from './parse-batch.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterEach(() => void vi.useRealTimers())
afterAll(() => database.close())

const makeReporter = async (): Promise<Reporter> => {
  const slug = randomUUID().slice(0, 8)
  const environment = await database.prisma.environment.create({ data: { slug: `env-${slug}`, name: slug } })
  const service = await database.prisma.service.create({ data: { slug: `svc-${slug}`, name: slug } })
  return { environmentId: environment.id, serviceId: service.id }
}
const makeIngest = () =>
  createDecisionIngest({ pool: database.pool, decisions: createPostgresDecisionStore(database.pool) })

const ages = (bucket: number, count: number) => Array.from({ length: 17 }, (_, index) => (index === bucket ? count : 0))

const signature = (changes: Partial<SignatureReport> = {}): SignatureReport => ({
  method: 'GET',
  route: '/orders',
  mode: 'log-only',
  outcome: 'would-deny',
  reason: 'scope-missing',
  tokenProblem: null,
  callerKind: 'service',
  caller: 'billing',
  callerHint: null,
  issuer: null,
  scopes: [],
  missingScopes: ['orders:read'],
  sender: 'none',
  context: null,
  revision: 1,
  evaluated: true,
  count: 1,
  firstAt: new Date().toISOString(),
  lastAt: new Date().toISOString(),
  tokenAges: null,
  ...changes,
})

const at = (ms: number, changes: Partial<SignatureReport> = {}) => {
  const time = new Date(ms).toISOString()
  return signature({ firstAt: time, lastAt: time, ...changes })
}

const batch = (signatures: readonly SignatureReport[]): DecisionBatch => ({
  batchId: randomUUID(),
  instance: {
    id: randomUUID(),
    workload: '',
    sdkVersion: '1',
    nodeVersion: '24',
    framework: '',
    hostname: '',
    startedAt: new Date().toISOString(),
    epoch: null,
    revision: null,
    state: 'fresh',
  },
  window: { from: new Date().toISOString(), to: new Date().toISOString() },
  signatures: [...signatures],
  samples: [],
  dropped: { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 },
  replayed: false,
})

interface Stored {
  readonly route: string
  readonly bucket: Date
  readonly count: number
}

const readStored = async (
  { environmentId }: Reporter,
  table: 'decision_minute' | 'decision_hour',
): Promise<Stored[]> => {
  const { rows } = await database.pool.query<Stored>(
    `SELECT s.route, c.bucket, sum(c.count)::float8 AS count FROM ${table} c JOIN decision_signature s ON s.id = c.signature_id
     WHERE s.environment_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    [environmentId],
  )
  return rows
}

describe('the time of a decision', () => {
  const now = Date.now()
  test.each([
    ['just now', now],
    ['late, as after an outage', now - 20 * HOUR_MS],
    ['by a clock that runs ahead', now + 4 * MINUTE_MS],
    ['on either side of an hour', Math.floor(now / HOUR_MS) * HOUR_MS - 1],
    ['on either side of a day', Math.floor(now / DAY_MS) * DAY_MS - 1],
  ])('%s puts it into its minute and its hour', async (_, ms) => {
    const reporter = await makeReporter()
    const { refused } = await makeIngest()(reporter, batch([at(ms), at(ms + 1, { route: '/next' })]))
    expect(refused).toEqual([])
    const expected = (widthMs: number) =>
      [
        { route: '/next', ms: ms + 1 },
        { route: '/orders', ms },
      ].map((each) => ({ route: each.route, bucket: new Date(Math.floor(each.ms / widthMs) * widthMs), count: 1 }))
    expect(await readStored(reporter, 'decision_minute')).toEqual(expected(MINUTE_MS))
    expect(await readStored(reporter, 'decision_hour')).toEqual(expected(HOUR_MS))
  })

  test.each([
    ['ahead of any clock', { lastAt: new Date(now + 30 * MINUTE_MS).toISOString() }, 'lastAt', 'in the future'],
    ['beyond what may be replayed', { firstAt: new Date(now - 40 * DAY_MS).toISOString() }, 'firstAt', 'older than'],
    ['of a day that is not kept open', at(now - 10 * DAY_MS), 'lastAt', 'older than'],
    ['that ends before it begins', { lastAt: new Date(now - HOUR_MS).toISOString() }, 'lastAt', 'before firstAt'],
  ])('%s is refused by the name of its field, and nothing is stored of it', async (_, times, field, detail) => {
    const reporter = await makeReporter()
    const { accepted, refused } = await makeIngest()(
      reporter,
      batch([signature({ ...times, route: '/bad' }), signature()]),
    )
    expect(refused).toEqual([{ pointer: `/signatures/0/${field}`, detail: expect.stringContaining(detail) as string }])
    expect(accepted.decisions).toBe(1)
    expect((await readStored(reporter, 'decision_hour')).map(({ route }) => route)).toEqual(['/orders'])
  })
})

test('decisions give the same numbers one by one and folded', async () => {
  const [folded, raw] = [await makeReporter(), await makeReporter()]
  const atMs = Date.now()
  const ingest = makeIngest()
  await ingest(folded, batch([at(atMs, { count: 30, tokenAges: ages(3, 30) }), at(atMs, { route: '/b', count: 12 })]))
  const single = [
    ...Array.from({ length: 30 }, () => at(atMs, { tokenAges: ages(3, 1) })),
    ...Array.from({ length: 12 }, () => at(atMs, { route: '/b' })),
  ]
  await Promise.all([0, 1, 2].map((third) => ingest(raw, batch(single.filter((_, index) => index % 3 === third)))))
  for (const table of ['decision_minute', 'decision_hour'] as const)
    expect(await readStored(raw, table)).toEqual(await readStored(folded, table))
  const { rows } = await database.pool.query(
    `SELECT sum_token_ages(h.token_ages) AS ages FROM decision_hour h JOIN decision_signature s ON s.id = h.signature_id
     WHERE s.environment_id = ANY ($1::uuid[]) AND s.route = '/orders' GROUP BY s.environment_id`,
    [[folded.environmentId, raw.environmentId]],
  )
  expect(rows).toEqual([{ ages: ages(3, 30) }, { ages: ages(3, 30) }])
})

test('of batches that arrive together, those that were stored before count no more, and the others do', async () => {
  const reporter = await makeReporter()
  const gateways = [makeIngest(), makeIngest()]
  const before = Array.from({ length: 5 }, () => batch([signature({ count: 3 })]))
  for (const each of before) await gateways[0]?.(reporter, each)
  const news = Array.from({ length: 15 }, () => batch([signature({ count: 2 })]))
  const sent = [...before, ...news, ...news.slice(0, 5)]
  const receipts = await Promise.all(gateways.flatMap((ingest) => sent.map((each) => ingest(reporter, each))))
  expect(
    receipts
      .filter(({ duplicate }) => !duplicate)
      .map(({ batchId }) => batchId)
      .toSorted(),
  ).toEqual(news.map(({ batchId }) => batchId).toSorted())
  expect((await readStored(reporter, 'decision_hour')).reduce((total, { count }) => total + count, 0)).toBe(
    5 * 3 + 15 * 2,
  )
})

test('more gateways than shards count the same new signatures at once, in any order, and none waits for ever', async () => {
  const reporter = await makeReporter()
  const routes = Array.from({ length: 200 }, (_, index) => `/things/${index}`)
  const gateways = Array.from({ length: 6 }, makeIngest)
  await Promise.all(
    gateways.map(async (ingest, gateway) => {
      for (let round = 0; round < 5; round++) {
        const turned = [...routes.slice(gateway * 31 + round), ...routes.slice(0, gateway * 31 + round)]
        const { refused } = await ingest(reporter, batch(turned.map((route) => signature({ route, count: 2 }))))
        expect(refused).toEqual([])
      }
    }),
  )
  const stored = await readStored(reporter, 'decision_hour')
  const counts = Map.groupBy(stored, ({ route }) => route)
  expect(counts.size).toBe(routes.length)
  for (const [, buckets] of counts) expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(60)
})

test('a signature that many instances bring at once is new once', async () => {
  const reporter = await makeReporter()
  const ingest = makeIngest()
  const thousand = Array.from({ length: 1_000 }, (_, index) => signature({ route: `/new/${index}` }))
  const receipts = await Promise.all(Array.from({ length: 6 }, () => ingest(reporter, batch(thousand))))
  expect(receipts.flatMap(({ refused }) => refused)).toEqual([])
})

test('new signatures are bounded by service and minute', () => {
  vi.useFakeTimers({ now: new Date('2026-03-20T10:07:30Z') })
  const isWithin = createNoveltyLimit()
  const bring = (service: string, from: number, count: number) =>
    Array.from({ length: count }, (_, index) => isWithin(service, `hash ${from + index}`)).filter(Boolean).length
  expect(bring('orders', 0, 6_000)).toBe(5_000)
  expect(bring('orders', 0, 5_000)).toBe(5_000)
  expect(bring('payments', 0, 10)).toBe(10)
  vi.setSystemTime(new Date('2026-03-20T10:08:00Z'))
  expect(bring('orders', 5_000, 10)).toBe(10)
})
