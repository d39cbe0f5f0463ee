import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DecisionBatch, DecisionReceipt, SampleReport, SignatureReport } from '#lib/contract/machine.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { Gateway } from '../start-gateway.ts'
import { createFleet, eventually, machineToken, startTestGateway, type Fleet } from '../testing/gateway-fixture.ts'

let database: TestDatabase
let gateway: Gateway
let fleet: Fleet
let token: string
let environment = 0

beforeAll(async () => {
  database = await createTestDatabase()
  await createFleet(database, { services: ['orders', 'payments'] })
  gateway = await startTestGateway(database)
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

/** Counts of one test do not mix with those of another. */
const freshEnvironment = async (): Promise<void> => {
  fleet = await createFleet(database, { environment: `counts-${++environment}`, services: ['orders', 'payments'] })
  token = await eventually(() => machineToken(gateway.url, fleet, 'orders').catch(() => undefined))
}

const instance = {
  id: randomUUID(),
  workload: 'orders',
  sdkVersion: '0.1.0',
  nodeVersion: 'v24',
  framework: 'fastify',
  hostname: 'host',
  startedAt: new Date().toISOString(),
  epoch: null,
  revision: null,
  state: 'fresh' as const,
}

const ages = (...counts: number[]) => [...counts, ...Array.from({ length: 17 - counts.length }, () => 0)]

const signature = (changes: Partial<SignatureReport> = {}): SignatureReport => ({
  method: 'GET',
  route: '/orders',
  mode: 'log-only',
  outcome: 'allowed',
  reason: null,
  tokenProblem: null,
  callerKind: 'service',
  caller: 'payments',
  callerHint: null,
  issuer: 'http://stepgate.test/e/production',
  scopes: ['orders:read'],
  missingScopes: [],
  sender: 'none',
  context: null,
  revision: 1,
  evaluated: true,
  count: 5,
  firstAt: new Date().toISOString(),
  lastAt: new Date().toISOString(),
  tokenAges: ages(3, 2),
  ...changes,
})

const denial = (changes: Partial<SignatureReport> = {}) =>
  signature({ outcome: 'would-deny', reason: 'scope-missing', missingScopes: ['orders:create'], ...changes })

const sample = (changes: Partial<SampleReport> = {}): SampleReport => ({
  id: randomUUID(),
  at: new Date().toISOString(),
  signature: 0,
  path: '/orders',
  address: '10.0.0.1',
  userAgent: 'node',
  subject: null,
  actors: [],
  device: null,
  tokenId: 'jti',
  tokenAgeSeconds: 4.5,
  checks: [{ check: 'scopes', passed: false, detail: 'orders:create is missing' }],
  ...changes,
})

const batch = (signatures: unknown[], changes: Partial<DecisionBatch> = {}) => ({
  batchId: randomUUID(),
  instance,
  window: { from: new Date().toISOString(), to: new Date().toISOString() },
  signatures,
  samples: [] as unknown[],
  dropped: { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 },
  ...changes,
})

const send = (
  body: unknown,
  { headers = {}, url = gateway.url, as = token }: { headers?: Record<string, string>; url?: string; as?: string } = {},
): Promise<Response> =>
  fetch(`${url}/v1/decisions`, {
    method: 'POST',
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', ...headers },
  })

const report = async (body: unknown): Promise<DecisionReceipt> => (await (await send(body)).json()) as DecisionReceipt

interface Stored {
  outcome: string
  route: string
  service: string
  count: number
  ages: number[] | null
}
const stored = async (): Promise<Stored[]> => {
  const { rows } = await database.pool.query<Stored>(
    `SELECT s.outcome, s.route, v.slug AS service, sum(c.count)::float8 AS count, sum_token_ages(c.token_ages) AS ages
     FROM decision_hour c JOIN decision_signature s ON s.id = c.signature_id JOIN service v ON v.id = s.service_id
     WHERE s.environment_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [fleet.environmentId],
  )
  return rows
}

const storedByMinute = async (): Promise<{ outcome: string; count: number }[]> => {
  const { rows } = await database.pool.query<{ outcome: string; count: number }>(
    `SELECT s.outcome, sum(c.count)::float8 AS count FROM decision_minute c JOIN decision_signature s ON s.id = c.signature_id
     WHERE s.environment_id = $1 GROUP BY 1 ORDER BY 1`,
    [fleet.environmentId],
  )
  return rows
}

describe('a batch of decisions', () => {
  test('is counted by minute and by hour before it is answered', async () => {
    await freshEnvironment()
    const receipt = await report(batch([signature(), denial({ count: 2, tokenAges: null })]))
    expect(receipt).toMatchObject({
      duplicate: false,
      accepted: { signatures: 2, samples: 0, decisions: 7 },
      refused: [],
    })
    expect(await stored()).toEqual([
      { outcome: 'allowed', route: '/orders', service: 'orders', count: 5, ages: ages(3, 2) },
      { outcome: 'would-deny', route: '/orders', service: 'orders', count: 2, ages: null },
    ])
    expect(await storedByMinute()).toEqual([
      { outcome: 'allowed', count: 5 },
      { outcome: 'would-deny', count: 2 },
    ])
  })

  test('counts once, however often and wherever it is sent', async () => {
    await freshEnvironment()
    const second = await startTestGateway(database)
    const repeated = batch([signature()])
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => send(repeated, index % 2 === 0 ? {} : { url: second.url })),
    )
    const receipts = (await Promise.all(answers.map((answer) => answer.json()))) as DecisionReceipt[]
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    expect(await report(repeated)).toMatchObject({ duplicate: true })
    expect((await stored())[0]?.count).toBe(5)
    await second.close()
  })

  test('adds up over two gateways at once', async () => {
    await freshEnvironment()
    const second = await startTestGateway(database)
    const batches = Array.from({ length: 60 }, () =>
      batch([
        signature({ count: 3, tokenAges: ages(1, 1, 1) }),
        denial({ count: 2, tokenAges: ages(2) }),
        signature({ route: '/other', count: 1, tokenAges: null }),
      ]),
    )
    const statuses = await Promise.all(
      batches.map((body, index) => send(body, index % 2 === 0 ? {} : { url: second.url }).then(({ status }) => status)),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await stored()).map(({ outcome, route, count, ages: sums }) => [outcome, route, count, sums])).toEqual([
      ['allowed', '/orders', 180, ages(60, 60, 60)],
      ['allowed', '/other', 60, null],
      ['would-deny', '/orders', 120, ages(120)],
    ])
    await second.close()
  })

  test('belongs to the service and the environment of the token, whatever anybody says', async () => {
    await freshEnvironment()
    const receipt = await report({ ...batch([signature()]), environment: 'production' })
    expect(receipt).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/environment' }] })
    await report(batch([signature()]))
    expect((await stored()).map(({ service }) => service)).toEqual(['orders'])
  })

  test('with one id from two services is two batches', async () => {
    await freshEnvironment()
    const same = batch([signature()])
    await report(same)
    const other = (await (
      await send(same, { as: await machineToken(gateway.url, fleet, 'payments') })
    ).json()) as DecisionReceipt
    expect(other.duplicate).toBe(false)
  })

  test('keeps samples of denials, each once, and bounds them', async () => {
    await freshEnvironment()
    const { at } = sample() // the bound is of an hour, and the next one may begin meanwhile
    const first = sample({ at })
    await report(batch([denial()], { samples: [first, sample({ at })] }))
    await report(batch([denial()], { samples: [first] }))
    await report(batch([denial()], { samples: Array.from({ length: 500 }, () => sample({ at })) }))
    const samples = await database.pool.query<{ id: string; revision: number }>(
      'SELECT id, revision FROM decision_sample WHERE environment_id = $1',
      [fleet.environmentId],
    )
    expect(samples.rows.length).toBeGreaterThan(10)
    expect(samples.rows.length).toBeLessThanOrEqual(60)
    expect(samples.rows.filter(({ id }) => id === first.id)).toHaveLength(1)
  })

  test('keeps what surrounded the requests, a signature each, and the device of a sample', async () => {
    await freshEnvironment()
    const swiss = {
      country: 'CH',
      autonomousSystem: 3303,
      device: 'new' as const,
      signals: ['device-first-seen' as const],
    }
    const answers = { requirementsMet: ['condition true'], requirementsUnmet: [] }
    const context = { ...swiss, observed: ['country' as const], ...answers }
    const around = [denial(), denial({ context }), denial({ context: { ...context, country: 'DE' } })]
    await report(batch([...around, denial({ context })], { samples: [sample({ signature: 1, device: 'phone-1' })] }))
    const { rows } = await database.pool.query<{ context: object | null; device: string | null }>(
      `SELECT s.context, d.device FROM decision_signature s LEFT JOIN decision_sample d ON d.signature_id = s.id
       WHERE s.environment_id = $1 ORDER BY s.context->>'country' NULLS FIRST`,
      [fleet.environmentId],
    )
    expect(rows).toEqual([
      { context: null, device: null },
      { context, device: 'phone-1' },
      { context: { ...context, country: 'DE' }, device: null },
    ])
  })

  test('says what its instance had to drop, once', async () => {
    await freshEnvironment()
    const id = randomUUID()
    const lossy = batch([signature()], {
      instance: { ...instance, id },
      dropped: { allowed: 3, wouldDeny: 1, denied: 0, samples: 9 },
    })
    await report(lossy)
    await report(lossy)
    expect(await database.prisma.instance.findUnique({ where: { id } })).toMatchObject({
      droppedTotal: 4n,
      framework: 'fastify',
      sdkVersion: '0.1.0',
    })
  })

  test('may be gzip', async () => {
    await freshEnvironment()
    const response = await send(gzipSync(JSON.stringify(batch([signature()]))), {
      headers: { 'content-encoding': 'gzip' },
    })
    expect(((await response.json()) as DecisionReceipt).accepted.decisions).toBe(5)
  })

  test('knows the endpoint it is about', async () => {
    await freshEnvironment()
    const endpoint = await database.prisma.endpoint.create({
      data: {
        environmentId: fleet.environmentId,
        serviceId: fleet.serviceIds['orders'] ?? '',
        method: 'GET',
        route: '/orders',
        source: 'manual',
      },
    })
    await report(batch([signature()]))
    const { rows } = await database.pool.query('SELECT endpoint_id FROM decision_signature WHERE environment_id = $1', [
      fleet.environmentId,
    ])
    expect(rows).toEqual([{ endpoint_id: endpoint.id }])
  })
})

describe('a bad item', () => {
  const ahead = new Date(Date.now() + 10 * 60_000).toISOString()
  const longAgo = new Date(Date.now() - 40 * 86_400_000).toISOString()
  const lately = new Date(Date.now() - 10 * 86_400_000).toISOString()

  test.each([
    ['of an unknown reason', { ...denial(), reason: 'mood' }, '/signatures/1/reason'],
    ['with an unknown field', { ...signature(), secret: 1 }, '/signatures/1'],
    ['with a negative count', { ...signature(), count: -1 }, '/signatures/1/count'],
    ['with a count beyond reason', { ...signature(), count: 1e15 }, '/signatures/1/count'],
    ['with a short histogram', { ...signature(), tokenAges: [1] }, '/signatures/1/tokenAges'],
    ['with more ages than requests', { ...signature(), tokenAges: ages(6) }, '/signatures/1'],
    ['that was allowed for a reason', { ...signature(), reason: 'scope-missing' }, '/signatures/1'],
    ['that was denied in log-only', { ...denial(), outcome: 'denied' }, '/signatures/1'],
    ['that names an anonymous caller', { ...signature(), callerKind: 'anonymous' }, '/signatures/1'],
    ['with NUL in the route', { ...signature(), route: '/a\0b' }, '/signatures/1/route'],
    ['with a lower-case method', { ...signature(), method: 'get' }, '/signatures/1/method'],
    ['from the future', { ...signature(), firstAt: ahead, lastAt: ahead }, '/signatures/1/lastAt'],
    ['from too long ago', { ...signature(), firstAt: longAgo, lastAt: longAgo }, '/signatures/1/firstAt'],
    ['older than what is kept', { ...signature(), firstAt: lately, lastAt: lately }, '/signatures/1/lastAt'],
    [
      'that ends before it begins',
      { ...signature(), firstAt: new Date().toISOString(), lastAt: lately },
      '/signatures/1/lastAt',
    ],
    ['that is no object', 'signature', '/signatures/1'],
    ['that is nothing', null, '/signatures/1'],
  ])('%s is refused by name and costs its neighbours nothing', async (_, bad, pointer) => {
    await freshEnvironment()
    const receipt = await report(
      batch([signature(), bad, denial({ count: 1, tokenAges: null })], {
        samples: [sample({ signature: 2 }), sample({ signature: 1 }), sample({ signature: 7 })],
      }),
    )
    expect(receipt.accepted).toEqual({ signatures: 2, samples: 1, decisions: 6 })
    expect(receipt.refused.map((refusal) => refusal.pointer)).toEqual([
      pointer,
      '/samples/1/signature',
      '/samples/2/signature',
    ])
    expect((await stored()).map(({ count }) => count)).toEqual([5, 1])
  })

  test.each([
    [
      'with an unknown check',
      { ...sample(), checks: [{ check: 'horoscope', passed: true, detail: '' }] },
      '/samples/1/checks/0/check',
    ],
    ['with NUL in its path', { ...sample(), path: '/\0' }, '/samples/1/path'],
    ['from the future', { ...sample(), at: ahead }, '/samples/1/at'],
    ['without an id', { ...sample(), id: undefined }, '/samples/1/id'],
  ])('sample %s is refused by name', async (_, bad, pointer) => {
    await freshEnvironment()
    const receipt = await report(batch([denial()], { samples: [sample(), bad] }))
    expect(receipt.accepted).toEqual({ signatures: 1, samples: 1, decisions: 5 })
    expect(receipt.refused).toMatchObject([{ pointer }])
  })

  test('is none when recorded traffic is replayed', async () => {
    await freshEnvironment()
    const receipt = await report(batch([signature({ firstAt: lately, lastAt: lately })], { replayed: true }))
    expect(receipt.refused).toEqual([])
    const { rows } = await database.pool.query(
      'SELECT replayed, first_at FROM decision_signature WHERE environment_id = $1',
      [fleet.environmentId],
    )
    expect(rows).toEqual([{ replayed: true, first_at: new Date(lately) }])
  })
})

describe('a body', () => {
  const cases: [string, () => Parameters<typeof send>, number, string][] = [
    ['that is not JSON', () => ['{'], 400, 'malformed-json'],
    ['that is empty', () => [''], 400, 'malformed-json'],
    ['that is not UTF-8', () => [Buffer.from([0x22, 0xff, 0x22])], 400, 'malformed-json'],
    ['that is deep', () => [`${'['.repeat(5_000)}${']'.repeat(5_000)}`], 400, 'malformed-json'],
    ['with __proto__', () => ['{"__proto__":{"x":1}}'], 400, 'malformed-json'],
    ['of 10 MB', () => ['x'.repeat(10_000_000)], 413, 'body-too-large'],
    [
      'that inflates to 50 MB',
      () => [gzipSync(Buffer.alloc(50_000_000, 32)), { headers: { 'content-encoding': 'gzip' } }],
      413,
      'body-too-large',
    ],
    ['that says gzip and is not', () => ['{}', { headers: { 'content-encoding': 'gzip' } }], 400, 'malformed-json'],
    ['in another encoding', () => ['{}', { headers: { 'content-encoding': 'br' } }], 415, 'unsupported-media-type'],
    ['of another type', () => ['{}', { headers: { 'content-type': 'text/plain' } }], 415, 'unsupported-media-type'],
    ['that is an array', () => ['[]'], 400, 'invalid-request'],
    ['without a token', () => ['{}', { as: 'x' }], 401, 'unauthenticated'],
  ]
  test.each(cases)('%s is refused with a problem', async (_, make, status, code) => {
    const response = await send(...make())
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code])
  })
})

describe('the inventory', () => {
  const put = async (endpoints: unknown, as = token) =>
    fetch(`${gateway.url}/v1/inventory`, {
      method: 'PUT',
      body: JSON.stringify({ instance, endpoints }),
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
    })

  test('adds new routes with mode off, audits and publishes them once', async () => {
    await freshEnvironment()
    const routes = [
      { method: 'GET', route: '/orders' },
      { method: 'POST', route: '/orders' },
      { method: 'GET', route: '/orders' },
    ]
    const first = (await (await put(routes)).json()) as { created: number; revision: number }
    expect(first.created).toBe(2)
    const again = (await (await put(routes)).json()) as { created: number; revision: number }
    expect(again).toEqual({ created: 0, revision: first.revision })
    const endpoints = await database.prisma.endpoint.findMany({
      where: { environmentId: fleet.environmentId },
      orderBy: { method: 'asc' },
    })
    expect(endpoints).toMatchObject([
      { method: 'GET', mode: 'off', source: 'discovered', rule: null },
      { method: 'POST' },
    ])
    expect(endpoints.every(({ lastSeenAt }) => lastSeenAt !== null)).toBe(true)
    const entries = await database.prisma.auditEntry.findMany({
      where: { environmentSlug: fleet.environmentSlug, action: 'endpoint.discover' },
    })
    expect(entries).toMatchObject([{ actorKind: 'system', targetName: 'orders', after: { count: 2 } }])
    const snapshot = (await (
      await fetch(`${gateway.url}/v1/config`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as { endpoints: unknown[] }
    expect(snapshot.endpoints).toMatchObject([
      { method: 'GET', mode: 'off', rule: { access: 'token', requirements: [] } },
      { method: 'POST' },
    ])
  })

  test('of many instances at once is added once', async () => {
    await freshEnvironment()
    const answers = await Promise.all(Array.from({ length: 10 }, () => put([{ method: 'GET', route: '/same' }])))
    const created = (await Promise.all(answers.map((answer) => answer.json()))) as { created: number }[]
    expect(created.reduce((sum, receipt) => sum + receipt.created, 0)).toBe(1)
  })

  test('is bounded for a service', async () => {
    await freshEnvironment()
    const routes = (prefix: string) =>
      Array.from({ length: 3_000 }, (_, index) => ({ method: 'GET', route: `/${prefix}/${index}` }))
    expect((await put(routes('a'))).status).toBe(200)
    const response = await put(routes('b'))
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([409, 'conflict'])
    expect(await database.prisma.endpoint.count({ where: { environmentId: fleet.environmentId } })).toBe(3_000)
  })

  test.each([
    ['a route without a slash', [{ method: 'GET', route: 'orders' }], '/endpoints/0/route'],
    ['a method in lower case', [{ method: 'get', route: '/' }], '/endpoints/0/method'],
    ['no list', {}, '/endpoints'],
    ['too many', Array.from({ length: 5_001 }, (_, index) => ({ method: 'GET', route: `/${index}` })), '/endpoints'],
  ])('with %s is refused by name', async (_, endpoints, pointer) => {
    await freshEnvironment()
    const response = await put(endpoints)
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'invalid-request', errors: [{ pointer }] },
    ])
  })
})
