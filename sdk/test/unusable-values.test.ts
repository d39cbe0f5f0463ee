/** A value that cannot be meant is told at once, by a code and a message that names it and what is allowed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { createTestStepgate, type TestStepgate } from '../src/testing.ts'
import { TestControlPlane } from './control-plane.ts'
import { connect } from './fixtures.ts'

const plane = new TestControlPlane()
let real: Stepgate
let kit: TestStepgate

beforeAll(async () => {
  await plane.start()
  real = connect(plane)
  kit = createTestStepgate({ endpoints: [{ method: 'GET', route: '/orders' }] })
  await real.started
})

afterAll(async () => {
  await real.close()
  await plane.kill()
})

/** As somebody without types calls it. */
const untyped = (call: unknown) => call as (...given: readonly unknown[]) => unknown
const told = (code: string, ...mentioned: readonly string[]): unknown =>
  expect.objectContaining({
    name: 'StepgateUsageError',
    code,
    message: expect.stringMatching(new RegExp(`^Stepgate: .*${mentioned.join('.*')}`)) as unknown,
  })
const unusable = (...mentioned: readonly string[]): unknown => told('value-unusable', ...mentioned)
/** Whether it throws or rejects. */
const attempt = async (call: () => unknown): Promise<void> => {
  await call()
}

describe.each([
  ['a stepgate', () => real],
  ['one of the testing kit', () => kit],
])('%s', (_name, get) => {
  it.each([
    ['an audience', [], 'audience'],
    ['an audience', [''], 'audience'],
    ['an audience', [{ audience: 'orders' }], 'audience'],
    ['options', ['orders', null], 'getToken needs an object; there are scopes'],
    ['options', ['orders', ['orders:read']], 'getToken needs an object'],
    ['scopes', ['orders', { scopes: 'orders:read' }], 'scopes must be a list'],
    ['scopes', ['orders', { scopes: [1] }], 'scopes must be a list'],
  ])('gets no token without %s: %j', async (_what, given, mentioned) => {
    const before = plane.tokenRequests.length
    await expect(attempt(() => untyped(get().getToken)(...given))).rejects.toThrow(unusable(mentioned))
    expect(plane.tokenRequests.length).toBe(before)
  })

  it.each([
    [undefined, 'exchangeToken needs an object; there are subjectToken, audience, scopes'],
    [{ audience: 'orders' }, 'subjectToken'],
    [{ audience: 'orders', subjectToken: null }, 'subjectToken'],
    [{ subjectToken: 'a.b.c' }, 'audience'],
  ])('exchanges no token for %j', async (wish, mentioned) => {
    await expect(attempt(() => untyped(get().exchangeToken)(wish))).rejects.toThrow(unusable(mentioned))
  })

  it.each([
    [[], 'absolute URL'],
    [['/orders/42', { audience: 'orders' }], 'absolute URL'],
    [['http://orders/42', null], 'fetch needs an object'],
    [['http://orders/42', { audience: null }], 'audience'],
    [['http://orders/42', { audience: 'orders', scopes: 'orders:read' }], 'scopes'],
    [['http://orders/42', { audience: 'orders', onBehalfOf: 'a.b.c' }], 'onBehalfOf must be a request'],
    [['http://orders/42', { audience: 'orders', onBehalfOf: null }], 'onBehalfOf must be a request'],
  ])('sends nothing for %j', async (given, mentioned) => {
    const before = plane.tokenRequests.length
    await expect(attempt(() => untyped(get().fetch)(...given))).rejects.toThrow(unusable(mentioned))
    expect(plane.tokenRequests.length).toBe(before)
  })

  it.each([[[]], [[null]], [['listener']]])('hears of decisions with a function, not %j', (given) => {
    expect(() => untyped(get().on)('decision', ...given)).toThrow(unusable('on needs a function'))
  })
})

const endpoint = { method: 'GET', route: '/orders' }
const withRule = (rule: unknown): object => ({ endpoints: [{ ...endpoint, rule }] })

describe('the configuration of a test', () => {
  it.each<readonly unknown[]>([
    // options, and what is said of them
    [null, 'createTestStepgate needs an object', 'endpoints'],
    [{ endpoints: {} }, 'endpoints must be an array'],
    [{ endpoints: [null] }, 'endpoints.0. needs an object', 'method, route'],
    [{ endpoints: ['GET /orders'] }, 'endpoints.0. needs an object', 'method, route'],
    [{ endpoints: [{ route: '/orders' }] }, 'endpoints.0..method must be a string'],
    [{ endpoints: [{ ...endpoint, method: 'GTE' }] }, 'endpoints.0..method must be a method of HTTP'],
    [{ endpoints: [{ method: 'GET' }] }, 'endpoints.0..route must be a string'],
    [{ endpoints: [{ ...endpoint, route: /orders/ }] }, 'endpoints.0..route must be a string'],
    [{ endpoints: [{ ...endpoint, mode: 'on' }] }, 'endpoints.0..mode must be one of off, log-only, enforce'],
    [{ endpoints: [{ ...endpoint, percent: 0 }] }, 'endpoints.0..percent must lie between 1 and 100'],
    [{ endpoints: [endpoint, { ...endpoint, method: 'get' }] }, 'endpoints.1. is there twice'],
    [{ undeclaredMode: 'on' }, 'undeclaredMode must be one of off, log-only, enforce'],
    [{ service: 5 }, 'service must be a string'],
    [{ disabledIdentities: 'billing' }, 'disabledIdentities must be an array'],
    [{ revokedTokens: [5] }, 'revokedTokens.0. must be a string'],
    [{ geo: {} }, 'geo needs lookup'],
    [{ logger: { warn: () => undefined } }, 'logger needs warn and error'],
    [withRule('orders:read'), 'endpoints.0..rule needs an object', 'scopes, access, requirements'],
    [withRule(['orders:read']), 'endpoints.0..rule needs an object'],
    [withRule({}), 'endpoints.0..rule must be either'],
    [withRule({ scopes: [], access: 'public' }), 'endpoints.0..rule must be either'],
    [withRule({ scopes: 'orders:read' }), 'endpoints.0..rule.scopes must be an array'],
    [withRule({ scopes: [''] }), 'endpoints.0..rule.scopes.0.'],
    [withRule({ access: 'token' }), 'endpoints.0..rule.requirements must be an array'],
    [withRule({ access: 'publik', requirements: [] }), 'endpoints.0..rule.access must be one of token, public'],
    [
      withRule({ access: 'token', requirements: [{ kind: 'scope', allOf: ['a:b'] }] }),
      'endpoints.0..rule.requirements.0..kind must be one of scopes',
    ],
    [
      withRule({ access: 'token', requirements: [{ kind: 'scopes', allOf: 'a:b' }] }),
      'endpoints.0..rule.requirements.0..allOf must be an array',
    ],
    [
      withRule({ access: 'token', requirements: [{ kind: 'signals', noneOf: ['travel'] }] }),
      'endpoints.0..rule.requirements.0..noneOf',
      'travel-impossible',
    ],
  ])('cannot be %j', (options, ...mentioned) => {
    expect(() => untyped(createTestStepgate)(options)).toThrow(unusable(...(mentioned as string[])))
  })

  it('names what a rule has and what it may have', () => {
    expect(() => untyped(createTestStepgate)(withRule({ scope: ['a:b'] }))).toThrow(
      told('name-unknown', 'rule knows no "scope"; there are scopes, access, requirements'),
    )
  })

  it.each<readonly [method: 'setMode' | 'setRule', given: readonly unknown[], mentioned: string]>([
    ['setMode', [], 'endpoint must be a string'],
    ['setMode', ['GET /orders', 'on'], 'setMode: mode must be one of off, log-only, enforce'],
    ['setMode', ['GET /orders', 'enforce', 101], 'setMode: percent must lie between 1 and 100'],
    ['setRule', ['GET /orders'], 'rule needs an object'],
    ['setRule', ['GET /orders', { scopes: 'orders:read' }], 'setRule: rule.scopes must be an array'],
  ])('is not changed by %s%j', (method, given, mentioned) => {
    const { revision } = kit.status()
    expect(() => untyped(kit[method])(...given)).toThrow(unusable(mentioned))
    expect(kit.status().revision).toBe(revision)
  })

  it.each([
    [undefined, 'load needs a configuration'],
    ['GET /orders', 'load: the configuration is not JSON'],
    [{}, 'load: format must be a whole number'],
  ])('is not loaded from %j', (snapshot, mentioned) => {
    expect(() => untyped(kit.load)(snapshot)).toThrow(unusable(mentioned))
  })
})

describe('a test', () => {
  it.each<readonly [options: object, mentioned: string]>([
    [{ scopes: 'orders:read' }, 'mintToken: scopes must be an array'],
    [{ caller: 5 }, 'mintToken: caller must be a string'],
    [{ ageSeconds: '60' }, 'mintToken: ageSeconds must be seconds'],
    [{ expiresInSeconds: Number.NaN }, 'mintToken: expiresInSeconds must be seconds'],
    [{ audience: ['orders'] }, 'mintToken: audience must be a string'],
    [{ claims: 'tenant' }, 'mintToken: claims must be a plain object'],
  ])('has no token minted with %j', (options, mentioned) => {
    expect(() => untyped(kit.mintToken)(options)).toThrow(unusable(mentioned))
  })

  it.each<readonly [request: unknown, mentioned: string]>([
    ['GET /orders', 'decide needs an object'],
    [{ route: '/orders' }, 'decide: method must be a string'],
    [{ method: 'GET' }, 'decide: route must be a string'],
    [{ ...endpoint, token: { accessToken: 'a' } }, 'decide: token must be a string'],
    [{ ...endpoint, headers: new Headers() }, 'decide: headers must be a plain object'],
    [{ ...endpoint, headers: { Authorization: 'Bearer a' } }, 'decide: headers.Authorization must be in lower case'],
    [{ ...endpoint, params: { orderId: 42 } }, 'decide: params.orderId must be a string'],
  ])('has no request decided that is %j', (request, mentioned) => {
    expect(() => untyped(kit.decide)(request)).toThrow(unusable(mentioned))
  })
})
