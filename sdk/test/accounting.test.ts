/** What is generated is stored or reported as dropped, exactly, whatever happens to the control plane meanwhile. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { engineOf } from '../src/guard/engine.ts'
import { guard } from '../src/node-http.ts'
import { DecisionQueue } from '../src/report/decision-queue.ts'
import { Fold } from '../src/report/fold.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../../lib/policy/token-age.ts'
import { TOKEN_AGE_EDGES_SECONDS, type Outcome } from '../../lib/policy/vocabulary.ts'
import { TestControlPlane } from './control-plane.ts'
import { accountForDecisions } from './faults/account-for-decisions.ts'
import { bareRequestReader } from './faults/decider.ts'
import { bearer, connect, endpoint, sendRaw } from './fixtures.ts'
import { SeededRandom } from './seeded-random.ts'
import { waitFor } from './wait-for.ts'

let plane: TestControlPlane

beforeEach(async () => {
  plane = await new TestControlPlane([
    endpoint('GET /orders', 'enforce'),
    endpoint('GET /trial', 'log-only'),
    endpoint('GET /off', 'off'),
  ]).start()
})

afterEach(async () => {
  plane.fault = null
  await plane.kill()
})

it.each([
  ['with room for everything', 20_000],
  ['with so little room that much has to be dropped', 25],
])(
  'accounts for every decision while the control plane is killed 20 times and fails at random, %s',
  { timeout: 120_000 },
  async (_name, queueSizeMax) => {
    const random = new SeededRandom()
    const { figures, violations } = await accountForDecisions({
      random,
      decisions: 50_000,
      kills: 20,
      queueSizeMax,
      waitsForDeadline: false,
    })
    expect(violations, `seed ${String(random.seed)}`).toEqual([])
    expect([figures['generated'], figures['kills']]).toEqual([50_000, 20])
    expect(Number(figures['dropped']) > 0).toBe(queueSizeMax === 25)
  },
)

/** Billing acts, after the web did (RFC 8693, section 4.1). */
const CHAIN = { sub: 'billing', act: { sub: 'web' } }

it('drops the oldest allowed decisions first, never a denial for an allowed one, and counts them', () => {
  const queue = new DecisionQueue(10, 10)
  const foldOf = (outcome: Outcome, name: string): Fold =>
    new Fold({ outcome, route: name } as Fold['signature'], false)
  const add = (outcome: Outcome, name: string, count: number): boolean => {
    const fold = foldOf(outcome, name)
    const isTaken = queue.open(fold, 1)
    if (isTaken) for (let index = 0; index < count; index++) fold.add(1, null)
    return isTaken
  }
  for (let index = 0; index < 5; index++) add('allowed', `allowed-${String(index)}`, 2)
  queue.seal(2)
  for (let index = 0; index < 5; index++) add('would-deny', `would-${String(index)}`, 3)
  for (let index = 0; index < 7; index++) expect(add('denied', `denied-${String(index)}`, 5)).toBe(true)
  expect(queue.dropped).toEqual({ allowed: 10, wouldDeny: 6, denied: 0, samples: 0 })
  expect(add('allowed', 'late', 1)).toBe(false)
  expect(queue.dropped.allowed).toBe(11)
  expect(queue.size).toBe(10)
})

it('counts each age in its bucket, however the tokens of a signature take turns', () => {
  const fold = new Fold({ outcome: 'allowed' } as Fold['signature'], true)
  const edges = [-5, 0, ...TOKEN_AGE_EDGES_SECONDS.flatMap((edge) => [edge - 0.5, edge, edge + 0.5]), 3e9]
  const expected = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  const random = new SeededRandom()
  for (let window = 1; window <= 3; window++) {
    expected.fill(0)
    for (let index = 0; index < 2_000; index++) {
      const age = random.pick(edges)
      const bucket = tokenAgeBucket(age)
      expected[bucket] = (expected[bucket] ?? 0) + 1
      fold.add(window * 10_000 + index, age)
    }
    expect(fold.take()).toMatchObject({
      count: 2_000,
      firstAtMs: window * 10_000,
      lastAtMs: window * 10_000 + 1_999,
      tokenAges: expected,
    })
  }
  fold.add(90_000, null)
  expect(fold.take()).toMatchObject({ count: 1, tokenAges: new Array<number>(TOKEN_AGE_BUCKETS).fill(0) })
})

it('reports what it saw: callers, ages, hints, unevaluated requests and samples', async () => {
  // All of it in one batch, at the end.
  plane.publish({ report: { intervalSeconds: 3_600, samplesPerSignature: 3 } })
  const stepgate = connect(plane)
  const answer = (_request: unknown, response: { end(text: string): unknown }): unknown => response.end('{}')
  const handlers = new Map(['/orders', '/trial', '/off'].map((path) => [path, guard(stepgate, 'GET', path, answer)]))
  const server = createServer((request, response) =>
    handlers.get((request.url ?? '').split('?', 1)[0] ?? '')?.(request, response),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await stepgate.started
  const now = Math.floor(Date.now() / 1000)
  const send = (path: string, headers: Record<string, string> = {}): ReturnType<typeof sendRaw> =>
    sendRaw(port, 'GET', path, headers)
  await send('/orders', bearer(plane.issueToken({ iat: now - 200, client_kind: 'integration' })))
  const denied = await send('/orders?secret=1', {
    ...bearer(plane.issueToken({ scope: 'other:read', jti: 'token-7', sub: 'ada', act: CHAIN })),
    'user-agent': 'curl/8.5.0',
  })
  for (let index = 0; index < 5; index++) await send('/trial', { 'user-agent': 'LegacyCron/1.2 (x)' })
  await send('/off')
  await stepgate.close()
  server.close()

  const find = (route: string, caller: string | null): object | undefined =>
    plane.signatures.find((signature) => signature.route === route && signature.caller === caller)
  expect(find('/off', null)).toMatchObject({
    mode: 'off',
    evaluated: false,
    outcome: 'allowed',
    tokenProblem: null,
    callerKind: 'anonymous',
    callerHint: null,
    count: 1,
    tokenAges: null,
  })
  expect(find('/trial', null)).toMatchObject({
    mode: 'log-only',
    evaluated: true,
    outcome: 'would-deny',
    reason: 'token-missing',
    tokenProblem: 'token-missing',
    callerHint: 'LegacyCron',
    count: 5,
    tokenAges: null,
  })
  const allowed = plane.signatures.find(({ outcome, route }) => route === '/orders' && outcome === 'allowed')
  expect(allowed).toMatchObject({
    caller: 'billing',
    callerKind: 'integration',
    issuer: plane.issuer,
    scopes: ['orders:read'],
    sender: 'none',
    revision: plane.snapshot.revision,
    count: 1,
  })
  expect(allowed?.tokenAges?.indexOf(1)).toBe(5)
  expect(plane.samples.filter(({ signature }) => signature >= 0)).toHaveLength(4)
  const { decisionId } = JSON.parse(denied.body) as { decisionId: string }
  expect(plane.samples.find(({ id }) => id === decisionId)).toMatchObject({
    path: '/orders',
    address: '127.0.0.1',
    userAgent: 'curl/8.5.0',
    subject: 'ada',
    actors: ['web', 'billing'],
    tokenId: 'token-7',
    tokenAgeSeconds: expect.any(Number) as unknown,
  })
  expect(plane.samples.find(({ id }) => id === decisionId)?.checks.find(({ passed }) => !passed)).toMatchObject({
    check: 'scopes',
    detail: 'needs orders:read; missing orders:read',
  })
})

it('conforms to the contract of the machine API', async () => {
  const { DecisionBatch, InventoryReport, SampleReport, SignatureReport } =
    await import('../../lib/contract/machine.ts')
  const stepgate = connect(plane)
  const engine = engineOf(stepgate)
  const route = engine.routes.register('GET', '/orders')
  await stepgate.started
  for (const authorization of [
    undefined,
    'Basic x',
    'Bearer x',
    `Bearer ${plane.issueToken()}`,
    `Bearer ${plane.issueToken({ scope: '' })}`,
    `Bearer ${plane.issueToken({ exp: 1 })}`,
  ])
    engine.guard.check(route, { authorization }, bareRequestReader)
  await waitFor('the inventory', () => plane.inventories.length > 0)
  await stepgate.close()
  for (const batch of plane.batches.values()) {
    DecisionBatch.parse(batch)
    batch.signatures.forEach((signature) => SignatureReport.parse(signature))
    batch.samples.forEach((sample) => SampleReport.parse(sample))
  }
  for (const inventory of plane.inventories) InventoryReport.parse(inventory)
  expect(plane.batches.size).toBeGreaterThan(0)
})
