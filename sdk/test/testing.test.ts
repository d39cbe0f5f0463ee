/** The testing kit: the real guard with tokens and a configuration of the test's own. */
import express from 'express'
import fastify from 'fastify'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serializeSnapshot } from '../../lib/policy/serialize-snapshot.ts'
import { protectExpress } from '../src/express.ts'
import { stepgateFastify } from '../src/fastify.ts'
import { guard } from '../src/node-http.ts'
import { createTestStepgate, type TestStepgate, type TestTokenProblem } from '../src/testing.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, endpoint } from './fixtures.ts'
import { SERVICE_KINDS } from './services.ts'

const ORDER = { method: 'GET', route: '/orders/:orderId' } as const
const ordersEndpoint = { ...ORDER, rule: { scopes: ['orders:read'] } }

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a decision', () => {
  it('carries verdict, outcome, reason, missing scopes and every check', () => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const token = stepgate.mintToken({ caller: 'billing', scopes: ['orders:write'] })
    const decision = stepgate.decide({ ...ORDER, token })
    expect(decision).toMatchObject({
      verdict: 'deny',
      outcome: 'denied',
      reason: 'scope-missing',
      missingScopes: ['orders:read'],
      mode: 'enforce',
      caller: 'billing',
      callerKind: 'service',
      refusal: { status: 403 },
    })
    expect(decision.checks.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual(['scopes'])
  })

  it('is an allowance for a token with the scopes, and lists its checks as well', () => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const decision = stepgate.decide({ ...ORDER, token: stepgate.mintToken({ scopes: ['orders:read'] }) })
    expect(decision).toMatchObject({ verdict: 'allow', outcome: 'allowed', reason: null, refusal: null })
    expect(decision.checks.map(({ check }) => check)).toContain('scopes')
    expect(decision.checks.every(({ passed }) => passed)).toBe(true)
  })

  it('is none in mode off', () => {
    const stepgate = createTestStepgate({ endpoints: [{ ...ordersEndpoint, mode: 'off' }] })
    expect(stepgate.decide(ORDER)).toMatchObject({ outcome: 'allowed', mode: 'off', checks: [], refusal: null })
    expect(stepgate.decisions).toEqual([])
  })

  it('takes address, proxies and age into account', () => {
    const requirements = [
      { kind: 'network', cidrs: ['10.0.0.0/8'] },
      { kind: 'max-token-age', seconds: 60 },
    ] as const
    const stepgate = createTestStepgate({
      endpoints: [{ ...ORDER, rule: { access: 'token', requirements } }],
      trustedProxies: ['loopback'],
    })
    const request = { ...ORDER, headers: { 'x-forwarded-for': '10.1.2.3' } }
    expect(stepgate.decide({ ...request, token: stepgate.mintToken() }).outcome).toBe('allowed')
    expect(stepgate.decide({ ...request, token: stepgate.mintToken({ ageSeconds: 90 }) }).reason).toBe('token-too-old')
    expect(stepgate.decide({ ...ORDER, address: '192.0.2.1', token: stepgate.mintToken() }).reason).toBe(
      'network-not-allowed',
    )
  })

  it('is refused for a route that is neither declared nor registered, with those that are', () => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const wrong = (): unknown => stepgate.decide({ method: 'GET', route: '/ordres/:orderId' })
    expect(wrong).toThrow('"GET /ordres/:orderId" is neither declared nor registered')
    expect(wrong).toThrow(expect.objectContaining({ code: 'endpoint-not-declared' }))
    expect(wrong).toThrow('there are: GET /orders/:orderId')
    expect(() => stepgate.setMode('POST /orders', 'off')).toThrow('POST /orders')
  })
})

describe('a token', () => {
  const PROBLEMS: readonly TestTokenProblem[] = [
    'token-malformed',
    'issuer-untrusted',
    'signature-invalid',
    'token-not-yet-valid',
    'token-expired',
    'audience-mismatch',
  ]

  it.each(PROBLEMS)('with the problem %s is refused for that reason', (problem) => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const token = stepgate.mintToken({ scopes: ['orders:read'], problem })
    expect(stepgate.decide({ ...ORDER, token })).toMatchObject({ reason: problem, refusal: { status: 401 } })
  })

  it.each([
    ['service', 'billing'],
    ['integration', 'billing'],
    ['user', 'user@users'],
  ] as const)('of a %s makes that caller', (kind, caller) => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const token = stepgate.mintToken({ caller: 'billing', kind, scopes: ['orders:read'] })
    expect(stepgate.decide({ ...ORDER, token })).toMatchObject({ outcome: 'allowed', callerKind: kind, caller })
  })

  it('is revoked, disabled or expired as the test says', () => {
    const stepgate = createTestStepgate({
      endpoints: [ordersEndpoint],
      disabledIdentities: ['former'],
      revokedTokens: ['lost'],
    })
    const reasonOf = (options: object): unknown =>
      stepgate.decide({ ...ORDER, token: stepgate.mintToken({ scopes: ['orders:read'], ...options }) }).reason
    expect(reasonOf({ caller: 'former' })).toBe('identity-disabled')
    expect(reasonOf({ claims: { jti: 'lost' } })).toBe('token-revoked')
    expect(reasonOf({ expiresInSeconds: -120, ageSeconds: 600 })).toBe('token-expired')
    expect(reasonOf({ audience: 'payments' })).toBe('audience-mismatch')
  })

  it('of one test service is good at another, and its fetch sends it', async () => {
    const orders = createTestStepgate({ service: 'orders', endpoints: [ordersEndpoint] })
    const app = express()
    protectExpress(app, orders)
    app.get('/orders/:orderId', (request, response) => {
      response.json(request.stepgate)
    })
    const server = createServer(app as unknown as RequestListener) // an application is a request listener
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const billing = createTestStepgate({ service: 'billing', audiences: { [url]: 'orders' } })
    const answer = await billing.fetch(`${url}/orders/42`, { scopes: ['orders:read'] })
    expect(await answer.json()).toMatchObject({ caller: 'billing', scopes: ['orders:read'], outcome: 'allowed' })
    expect(billing.status().tokens).toEqual({ issued: 1, failed: 0 })
    server.close()
    server.closeAllConnections()
  })

  it.each([{ problem: 'expired' }, { kind: 'robot' }])('with %s cannot be had', (options) => {
    expect(() => createTestStepgate().mintToken(options as never)).toThrow(
      expect.objectContaining({ code: 'name-unknown' }),
    )
  })

  it('of an issuer that is not trusted cannot be had', () => {
    expect(() => createTestStepgate().mintToken({ issuer: 'partners' })).toThrow(
      expect.objectContaining({ code: 'issuer-not-found' }),
    )
  })
})

describe('the configuration', () => {
  it('changes from the next request on, and goes back', () => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const request = { ...ORDER, token: stepgate.mintToken({ scopes: ['orders:list'] }) }
    const outcome = (): string => stepgate.decide(request).outcome
    expect(outcome()).toBe('denied')
    stepgate.setMode('GET /orders/:orderId', 'log-only')
    expect(outcome()).toBe('would-deny')
    stepgate.setRule('GET /orders/:orderId', { scopes: ['orders:list'] })
    expect(outcome()).toBe('allowed')
    expect(stepgate.decisions.map((decision) => decision.outcome)).toEqual(['denied', 'would-deny', 'allowed'])
    stepgate.reset()
    expect(stepgate.decisions).toEqual([])
    expect(outcome()).toBe('denied')
    expect(stepgate.status().revision).toBe(4)
  })

  it('enforces a percent of callers', () => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    stepgate.setMode('GET /orders/:orderId', 'enforce', 50)
    const outcomes = Array.from(
      { length: 40 },
      (_, index) => stepgate.decide({ ...ORDER, token: stepgate.mintToken({ caller: `caller-${index}` }) }).outcome,
    )
    expect(new Set(outcomes)).toEqual(new Set(['denied', 'would-deny']))
  })

  it('is that of a control plane once it is loaded, with tokens of the test', () => {
    const published = new TestControlPlane([endpoint('GET /orders/:orderId', 'enforce')]).snapshot
    const stepgate = createTestStepgate()
    stepgate.load(serializeSnapshot(published))
    expect(stepgate.decide({ ...ORDER, token: stepgate.mintToken({ scopes: ['orders:read'] }) }).outcome).toBe(
      'allowed',
    )
    expect(stepgate.decide(ORDER).reason).toBe('token-missing')
    stepgate.load(
      Buffer.from(serializeSnapshot({ ...published, endpoints: [endpoint('GET /orders/:orderId', 'off')] })),
    )
    expect(stepgate.decide(ORDER).outcome).toBe('allowed')
  })

  it('declares a route that was registered, with what undeclared routes do', () => {
    const stepgate = createTestStepgate({ undeclaredMode: 'enforce' })
    guard(stepgate, 'GET', '/orders', () => undefined)
    expect(stepgate.decide({ method: 'GET', route: '/orders' }).reason).toBe('endpoint-unknown')
    stepgate.setRule('GET /orders', { scopes: ['orders:read'] })
    expect(stepgate.decide({ method: 'GET', route: '/orders' }).reason).toBe('token-missing')
  })
})

describe('assertRouted', () => {
  const stepgateOf = (...routes: readonly string[]): TestStepgate =>
    createTestStepgate({ endpoints: routes.map((route) => ({ method: 'GET', route })) })
  const unrouted = (...mentioned: readonly string[]): unknown =>
    expect.objectContaining({
      name: 'StepgateUsageError',
      code: 'endpoint-not-routed',
      message: expect.stringMatching(new RegExp(mentioned.join('.*'))) as unknown,
    })

  it('tells a declared template that no route has, with the route that is probably meant', async () => {
    const stepgate = stepgateOf('/ordres/:orderId', '/customers')
    const app = fastify()
    await app.register(stepgateFastify, { stepgate })
    app.get('/orders/:orderId', () => 'order')
    app.get('/customers', () => 'customers')
    // What a test makes up is no route of the application.
    stepgate.decide({ method: 'GET', route: '/ordres/:orderId' })
    await expect(stepgate.assertRouted()).rejects.toThrow(
      unrouted('"GET /ordres/:orderId" .is "GET /orders/:orderId" meant', 'it has: GET /orders/:orderId'),
    )
    await expect(stepgate.assertRouted('GET /ordres/:orderId')).rejects.toThrow(unrouted('/ordres/:orderId'))
    await expect(stepgate.assertRouted('GET /customers')).resolves.toBeUndefined()
  })

  it('is content where every declared endpoint is a route, whichever others there are', async () => {
    const stepgate = stepgateOf('/orders/:orderId')
    await expect(stepgate.assertRouted()).rejects.toThrow(unrouted('no route was added yet'))
    guard(stepgate, 'GET', '/orders/:orderId', () => undefined)
    guard(stepgate, 'GET', '/others', () => undefined)
    await expect(stepgate.assertRouted()).resolves.toBeUndefined()
    await expect(createTestStepgate().assertRouted()).resolves.toBeUndefined()
  })

  it('goes by the configuration that is in force', async () => {
    const stepgate = stepgateOf()
    guard(stepgate, 'GET', '/orders', () => undefined)
    stepgate.load(serializeSnapshot(new TestControlPlane([endpoint('GET /former', 'enforce')]).snapshot))
    await expect(stepgate.assertRouted()).rejects.toThrow(unrouted('GET /former'))
    stepgate.reset()
    await expect(stepgate.assertRouted()).resolves.toBeUndefined()
  })

  it('does not take a name that exists nowhere', async () => {
    await expect(stepgateOf('/orders').assertRouted('GET /ordres')).rejects.toThrow(
      expect.objectContaining({ code: 'endpoint-not-declared' }),
    )
  })

  it.each(SERVICE_KINDS)('finds the routes of $name before the first request', async (kind) => {
    const stepgate = stepgateOf('/orders/:orderId')
    const service = await kind.start(stepgate, [{ method: 'GET', path: '/orders/:orderId' }])
    await expect(stepgate.assertRouted()).resolves.toBeUndefined()
    await service.close()
  })
})

describe.each(SERVICE_KINDS)('with $name', (kind) => {
  it('guards the service as the real one does', async () => {
    const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
    const service = await kind.start(stepgate, [{ method: 'GET', path: '/orders/:orderId' }])
    const url = `http://127.0.0.1:${String(service.port)}/orders/42`
    const refused = await fetch(url)
    const allowed = await fetch(url, { headers: bearer(stepgate.mintToken({ scopes: ['orders:read'] })) })
    expect([refused.status, allowed.status]).toEqual([401, 200])
    expect(service.behaviour.handled).toEqual(['GET /orders/:orderId'])
    expect(stepgate.decisions.map(({ route, outcome }) => [route, outcome])).toEqual([
      ['/orders/:orderId', 'denied'],
      ['/orders/:orderId', 'allowed'],
    ])
    await service.close()
  })
})

it('works with what a framework injects, without a port', async () => {
  const stepgate = createTestStepgate({ endpoints: [ordersEndpoint] })
  const app = fastify()
  await app.register(stepgateFastify, { stepgate })
  app.get('/orders/:orderId', (request) => request.stepgate)
  const answer = await app.inject({
    url: '/orders/42',
    headers: bearer(stepgate.mintToken({ scopes: ['orders:read'] })),
  })
  expect(answer.json()).toMatchObject({ caller: 'test-caller', outcome: 'allowed' })
})

it('keeps no process running and refuses production', async () => {
  // Something of another test may end meanwhile.
  const before = process.getActiveResourcesInfo().length
  const stepgate = createTestStepgate()
  await stepgate.started
  expect(stepgate.ready()).toBe(true)
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  await stepgate.close()
  vi.stubEnv('NODE_ENV', 'production')
  expect(() => createTestStepgate()).toThrow(expect.objectContaining({ code: 'testing-in-production' }))
})
