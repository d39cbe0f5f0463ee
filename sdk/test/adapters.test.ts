import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, scopesRule, sendRaw, type RawAnswer } from './fixtures.ts'
import { SERVICE_KINDS, templateOf, type RunningService, type ServiceRoute } from './services.ts'
import { waitFor } from './wait-for.ts'

const ROUTES: readonly ServiceRoute[] = [
  { method: 'GET', path: '/orders/:orderId' },
  { method: 'DELETE', path: '/orders/:orderId' },
  { method: 'POST', path: '/orders' },
  { method: 'GET', path: '/admin/users' },
  { method: 'GET', path: '/public' },
  { method: 'GET', path: '/undeclared' },
  { method: 'GET', path: '/off' },
  { method: 'GET', path: '/trial' },
  { method: 'GET', path: '/reports/:reportId', mount: '/tenants/:tenantId' },
  { method: 'GET', path: '/', mount: '/mounted' },
]

const ENDPOINTS = [
  endpoint('GET /orders/:orderId', 'enforce'),
  endpoint('DELETE /orders/:orderId', 'enforce', scopesRule('orders:delete')),
  endpoint('POST /orders', 'enforce', scopesRule()),
  endpoint('GET /admin/users', 'enforce', scopesRule('admin:read')),
  endpoint('GET /public', 'enforce', { access: 'public', requirements: [] }),
  endpoint('GET /off', 'off'),
  endpoint('GET /trial', 'log-only', scopesRule('orders:delete')),
  endpoint('GET /tenants/:tenantId/reports/:reportId', 'enforce', scopesRule('reports:read')),
  endpoint('GET /mounted', 'enforce', scopesRule('mounted:read')),
]

/** Spellings of `/admin/users` that reached the handler of one framework or another, and some that reached none. */
const SPELLINGS = [
  '/admin/users',
  '/admin/users/',
  '/ADMIN/USERS',
  '/./admin/users',
  '/x/../admin/users',
  '/x/%2e%2e/admin/users',
  '/%61dmin/users',
  '/admin/u%73ers',
  'http://x/admin/users',
  '/admin/users#fragment',
  '/admin/users?x=1',
  '/admin/users?',
  '//admin/users',
  '/admin//users',
  '/admin/users;x=1',
  '/admin/users%00',
  '/admin/users%2f',
  '/admin%2fusers',
  '/admin/users%20',
  '/admin/users/.',
  '/admin\\users',
  '/tenants/a/../../admin/users',
  '/orders/..%2fadmin%2fusers',
]

const json = (answer: RawAnswer): Record<string, unknown> => JSON.parse(answer.body) as Record<string, unknown>

describe.each(SERVICE_KINDS)('a service on $name', (kind) => {
  const plane = new TestControlPlane(ENDPOINTS)
  let stepgate: Stepgate
  let service: RunningService
  const send = (method: string, target: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
    sendRaw(service.port, method, target, headers)

  beforeAll(async () => {
    await plane.start()
    stepgate = connect(plane)
    service = await kind.start(stepgate, ROUTES)
    await stepgate.started
  })

  afterAll(async () => {
    await stepgate.close()
    await service.close()
    await plane.kill()
  })

  beforeEach(() => {
    service.handled.length = 0
  })

  it('lets a request with a sufficient token through and tells the handler who calls', async () => {
    const answer = await send('GET', '/orders/42', bearer(plane.issueToken()))
    expect(answer.status).toBe(200)
    expect(json(answer)['stepgate']).toMatchObject({
      caller: 'billing',
      callerKind: 'service',
      scopes: ['orders:read'],
      subject: 'billing',
      outcome: 'allowed',
      reason: null,
    })
    expect(json(answer)['stepgate']).toHaveProperty('decisionId', expect.stringMatching(/^[0-9a-f-]{36}$/))
  })

  it('answers 401 without a token, and names no error', async () => {
    const answer = await send('GET', '/orders/42')
    expect(answer.status).toBe(401)
    expect(answer.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': expect.stringContaining('application/problem+json') as unknown,
      'cache-control': 'no-store',
    })
    expect(json(answer)).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      decisionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    })
    expect(service.handled).toEqual([])
  })

  it('answers 401 invalid_token to a bad token', async () => {
    const answer = await send('GET', '/orders/42', bearer('abc'))
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    expect(service.handled).toEqual([])
  })

  it('answers 403 insufficient_scope and names the scope', async () => {
    const answer = await send('DELETE', '/orders/42', bearer(plane.issueToken()))
    expect(answer).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="orders:delete"' },
    })
    expect(service.handled).toEqual([])
  })

  it('decides each method by its own endpoint', async () => {
    const token = bearer(plane.issueToken({ scope: 'orders:delete' }))
    expect((await send('GET', '/orders/42', token)).status).toBe(403)
    expect((await send('DELETE', '/orders/42', token)).status).toBe(200)
    expect((await send('POST', '/orders', { ...token, 'content-length': '0' })).status).toBe(200)
    expect(service.handled).toEqual(['DELETE /orders/:orderId', 'POST /orders'])
  })

  it('decides HEAD as the GET that answers it', async () => {
    expect((await send('HEAD', '/orders/42')).status).toBe(401)
    expect((await send('HEAD', '/orders/42', bearer(plane.issueToken()))).status).toBe(200)
  })

  it('decides by the whole template of a mounted route', async () => {
    expect((await send('GET', '/tenants/a/reports/1', bearer(plane.issueToken()))).status).toBe(403)
    const answer = await send('GET', '/tenants/reports/reports/1', bearer(plane.issueToken({ scope: 'reports:read' })))
    expect(answer.status).toBe(200)
    expect(json(answer)['handler']).toBe('GET /tenants/:tenantId/reports/:reportId')
  })

  it('knows the root of a mount without a slash', async () => {
    const target = kind.name === 'node:http' ? '/mounted/' : '/mounted'
    expect((await send('GET', target, bearer(plane.issueToken()))).status).toBe(403)
    expect((await send('GET', target, bearer(plane.issueToken({ scope: 'mounted:read' })))).status).toBe(200)
  })

  it('lets everybody into a public endpoint', async () => {
    expect((await send('GET', '/public')).status).toBe(200)
    expect((await send('GET', '/public', bearer('abc'))).status).toBe(200)
  })

  it('decides nothing where the mode is off, and nothing on an undeclared route as long as that is off', async () => {
    for (const target of ['/off', '/undeclared']) {
      const answer = await send('GET', target)
      expect(answer.status).toBe(200)
      expect(json(answer)['stepgate']).toBeNull()
    }
  })

  it('lets a would-be denial through in log-only and tells the handler', async () => {
    const answer = await send('GET', '/trial', bearer(plane.issueToken()))
    expect(answer.status).toBe(200)
    expect(json(answer)['stepgate']).toMatchObject({
      outcome: 'would-deny',
      reason: 'scope-missing',
      caller: 'billing',
    })
    expect(json(await send('GET', '/trial'))['stepgate']).toMatchObject({
      outcome: 'would-deny',
      reason: 'token-missing',
      caller: null,
      callerKind: 'anonymous',
    })
  })

  it('leaves what has no route to the framework', async () => {
    expect((await send('GET', '/nowhere')).status).toBe(404)
    expect((await send('POST', '/admin/users')).status).not.toBe(401)
    expect((await send('OPTIONS', '/orders/42')).status).not.toBe(401)
    expect(service.handled).toEqual([])
  })

  it.each(SPELLINGS)('never runs the handler of /admin/users for %s without the scope', async (target) => {
    for (const method of ['GET', 'HEAD']) await send(method, target, bearer(plane.issueToken()))
    expect(service.handled).not.toContain('GET /admin/users')
  })

  it('reports its routes', async () => {
    const expected = ROUTES.map((route) => `${route.method} ${templateOf(route).replace(/(?<=.)\/$/, '')}`)
    await waitFor('the inventory', () => {
      const known = new Set(plane.inventories.at(-1)?.endpoints.map(({ method, route }) => `${method} ${route}`))
      return expected.every((name) => known.has(name))
    })
    expect(plane.inventories.at(-1)?.instance.framework).toMatch(
      new RegExp(`^${kind.name.split(' ')[0]?.toLowerCase() ?? ''}`),
    )
  })

  it('takes a change of the configuration up within a poll', async () => {
    plane.publish({
      endpoints: ENDPOINTS.map((each) => (each.id === 'GET /off' ? { ...each, mode: 'enforce' as const } : each)),
    })
    await waitFor('the confirmation', () => plane.applied.includes(`epoch-1:${String(plane.snapshot.revision)}`))
    expect((await send('GET', '/off')).status).toBe(401)
  })

  it('refuses an undeclared route when that is enforced', async () => {
    plane.publish({ undeclaredMode: 'enforce' })
    await waitFor('the confirmation', () => plane.applied.includes(`epoch-1:${String(plane.snapshot.revision)}`))
    expect((await send('GET', '/undeclared', bearer(plane.issueToken()))).status).toBe(403)
    expect(service.handled).toEqual([])
  })
})
