/** What every adapter promises, on every framework and with every option that changes what the framework matches. */
import { createConnection } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SnapshotEndpoint } from '../../../lib/policy/snapshot.ts'
import type { Stepgate } from '../../src/index.ts'
import { spellingsOf } from '../adapter-spellings.ts'
import {
  ALLOWED_ORIGIN,
  nameOf,
  OVERRIDE_HEADER,
  templateOf,
  type Ability,
  type RunningService,
  type ServiceKind,
  type ServiceRoute,
} from './service-kind.ts'
import { observeReads, type Read } from './observe-reads.ts'
import { TestControlPlane } from '../control-plane.ts'
import { bearer, connect, endpoint, flush, scopesRule, sendRaw, type RawAnswer } from '../fixtures.ts'
import { waitFor } from '../wait-for.ts'

const ROUTES: readonly ServiceRoute[] = [
  { method: 'GET', path: '/orders/:orderId' },
  { method: 'DELETE', path: '/orders/:orderId' },
  { method: 'POST', path: '/orders/:orderId' },
  { method: 'POST', path: '/orders' },
  { method: 'GET', path: '/admin/users' },
  { method: 'GET', path: '/public' },
  { method: 'GET', path: '/undeclared' },
  { method: 'GET', path: '/off' },
  { method: 'GET', path: '/trial' },
  { method: 'GET', path: '/share' },
  { method: 'GET', path: '/customers/:customerId' },
  { method: 'GET', path: '/parts', answer: 'stream' },
  { method: 'GET', path: '/broken', answer: 'error' },
  { method: 'ALL', path: '/any' },
  { method: 'GET', path: '/reports/:reportId', mount: '/tenants/:tenantId' },
  { method: 'GET', path: '/', mount: '/mounted' },
]

const endpointsUnder = (prefix: string): SnapshotEndpoint[] =>
  [
    endpoint('GET /orders/:orderId', 'enforce'),
    endpoint('DELETE /orders/:orderId', 'enforce', scopesRule('orders:delete')),
    endpoint('POST /orders/:orderId', 'enforce', scopesRule('orders:write')),
    endpoint('POST /orders', 'enforce', scopesRule()),
    endpoint('GET /admin/users', 'enforce', scopesRule('admin:read')),
    endpoint('GET /public', 'enforce', { access: 'public', requirements: [] }),
    endpoint('GET /off', 'off'),
    endpoint('GET /trial', 'log-only', scopesRule('orders:delete')),
    endpoint('GET /share', 'enforce', scopesRule('orders:delete'), 50),
    endpoint('GET /customers/:customerId', 'enforce', {
      access: 'token',
      requirements: [{ kind: 'condition', expression: 'params.customerId == token.sub' }],
    }),
    endpoint('GET /parts', 'enforce'),
    endpoint('GET /broken', 'enforce'),
    endpoint('GET /any', 'enforce'),
    endpoint('PUT /any', 'enforce', scopesRule('any:write')),
    endpoint('GET /tenants/:tenantId/reports/:reportId', 'enforce', scopesRule('reports:read')),
    endpoint('GET /mounted', 'enforce', scopesRule('mounted:read')),
  ].map((each) => ({ ...each, route: `${prefix}${each.route}` }))

const json = (answer: RawAnswer): Record<string, unknown> => JSON.parse(answer.body) as Record<string, unknown>

/** A test of something that not every framework has says why it is left out. */
const itIfAble = (kind: ServiceKind, ability: Ability, name: string, test: () => Promise<void>): void => {
  const reason = kind.cannot?.[ability]
  if (reason === undefined) it(name, test)
  else it.skip(`${name} (not on ${kind.name}: ${reason})`, test)
}

/** After many attempts in vain the next one comes within 15 s. */
const POLLED_WITHIN_MS = 30_000
/** A build of a service takes its time. */
const START_WITHIN_MS = 240_000

function describeService(kind: ServiceKind): void {
  const prefix = kind.prefix ?? ''
  const underPrefix = prefix.replace(':host', 'test')
  const target = prefix === '/host/:host' ? '' : underPrefix
  const endpoints = endpointsUnder(prefix)
  const plane = new TestControlPlane(endpoints)
  const denials: string[] = []
  let stepgate: Stepgate
  let service: RunningService
  const send = (method: string, path: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
    sendRaw(service.port, method, `${target}${path}`, headers)
  const handled = (): readonly string[] => service.behaviour.handled
  const inventory = (): string[] =>
    plane.inventories.at(-1)?.endpoints.map(({ method, route }) => `${method} ${route}`) ?? []

  beforeAll(async () => {
    const start = (await kind.build?.(ROUTES)) ?? kind.start
    await plane.start()
    await plane.kill()
    stepgate = connect(plane)
    stepgate.on('decision-denied', ({ method, route }) => denials.push(`${method} ${route}`))
    service = await start(stepgate, ROUTES)
    await stepgate.started
  }, START_WITHIN_MS)

  afterAll(async () => {
    await service.close()
    await stepgate.close()
    await plane.kill()
  })

  beforeEach(() => {
    service.behaviour.handled.length = 0
    denials.length = 0
  })

  it('answers 503 and when to come again as long as there is no configuration', async () => {
    const answer = await send('GET', '/orders/42', bearer(plane.issueToken()))
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(json(answer)).toMatchObject({ status: 503, detail: 'This service is not ready to verify requests.' })
    expect(handled()).toEqual([])
    await plane.start()
    await waitFor('the first configuration', () => stepgate.status().state === 'fresh', POLLED_WITHIN_MS)
  })

  itIfAble(kind, 'discovery', 'reports its routes before any of them was asked for', async () => {
    const declared = ROUTES.filter(({ method }) => method !== 'ALL')
    const expected = declared.map((route) => `${route.method} ${prefix}${templateOf(route).replace(/(?<=.)\/$/, '')}`)
    await waitFor('the inventory', () => expected.every((name) => inventory().includes(name)))
    expect(plane.inventories.at(-1)?.instance.framework).toContain(kind.framework)
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
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    })
    expect(json(answer)).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      decisionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    })
    expect(handled()).toEqual([])
    expect(denials).toEqual([`GET ${prefix}/orders/:orderId`])
  })

  it('answers 401 invalid_token to a bad token', async () => {
    const answer = await send('GET', '/orders/42', bearer('abc'))
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    expect(handled()).toEqual([])
  })

  it('answers 403 insufficient_scope and names the scope', async () => {
    const answer = await send('DELETE', '/orders/42', bearer(plane.issueToken()))
    expect(answer).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="orders:delete"' },
    })
    expect(handled()).toEqual([])
  })

  it('decides each method by its own endpoint', async () => {
    const token = bearer(plane.issueToken({ scope: 'orders:delete' }))
    expect((await send('GET', '/orders/42', token)).status).toBe(403)
    expect((await send('DELETE', '/orders/42', token)).status).toBe(200)
    expect((await send('POST', '/orders', { ...token, 'content-length': '0' })).status).toBeLessThan(300)
    expect(handled()).toEqual(['DELETE /orders/:orderId', 'POST /orders'])
  })

  itIfAble(kind, 'head', 'decides HEAD as the GET that answers it', async () => {
    expect((await send('HEAD', '/orders/42')).status).toBe(401)
    expect(handled()).toEqual([])
    expect(await send('HEAD', '/orders/42', bearer(plane.issueToken()))).toMatchObject({ status: 200, body: '' })
    expect(handled()).toEqual(['GET /orders/:orderId'])
  })

  it('decides by the whole template of a mounted route', async () => {
    expect((await send('GET', '/tenants/a/reports/1', bearer(plane.issueToken()))).status).toBe(403)
    const answer = await send('GET', '/tenants/reports/reports/1', bearer(plane.issueToken({ scope: 'reports:read' })))
    expect(answer.status).toBe(200)
    expect(json(answer)['handler']).toBe('GET /tenants/:tenantId/reports/:reportId')
  })

  it('knows the root of a mount without a slash', async () => {
    const [path = ''] = (await send('GET', '/mounted')).status === 404 ? ['/mounted/'] : ['/mounted']
    expect((await send('GET', path, bearer(plane.issueToken()))).status).toBe(403)
    expect((await send('GET', path, bearer(plane.issueToken({ scope: 'mounted:read' })))).status).toBe(200)
    expect(new Set(denials)).toEqual(new Set([`GET ${prefix}/mounted`]))
  })

  it('lets everybody into a public endpoint', async () => {
    expect((await send('GET', '/public')).status).toBe(200)
    expect((await send('GET', '/public', bearer('abc'))).status).toBe(200)
  })

  it('decides nothing where the mode is off, and nothing on an undeclared route as long as that is off', async () => {
    for (const path of ['/off', '/undeclared']) {
      const answer = await send('GET', path)
      expect(answer.status).toBe(200)
      expect(json(answer)['stepgate']).toBeNull()
    }
  })

  it('lets a would-be denial through in log-only, tells the handler and reports it', async () => {
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
    await flush(stepgate)
    expect(plane.signatures).toContainEqual(
      expect.objectContaining({ route: `${prefix}/trial`, outcome: 'would-deny', reason: 'scope-missing' }),
    )
  })

  it('enforces for a share of the callers, always the same', async () => {
    const statusOf = async (caller: number): Promise<number> =>
      (await send('GET', '/share', bearer(plane.issueToken({ client_id: `caller-${String(caller)}` })))).status
    const callers = Array.from({ length: 24 }, (_, index) => index)
    const statuses = await Promise.all(callers.map(statusOf))
    expect(new Set(statuses)).toEqual(new Set([200, 403]))
    expect(await Promise.all(callers.map(statusOf))).toEqual(statuses)
  })

  it('decides by the parameters of the route and the claims of the token', async () => {
    const ada = bearer(plane.issueToken({ sub: 'Ada Ä' }))
    expect((await send('GET', '/customers/Ada%20%C3%84', ada)).status).toBe(200)
    const refused = await send('GET', '/customers/grace', ada)
    expect(refused.status).toBe(403)
    expect(handled()).toEqual(['GET /customers/:customerId'])
    await waitFor('the denial', () => denials.length > 0)
    expect(json(refused)).not.toHaveProperty('reason')
  })

  it('decides before the first byte of a stream and keeps nothing of it back', async () => {
    expect((await send('GET', '/parts')).status).toBe(401)
    expect(handled()).toEqual([])
    const lines = Object.entries(bearer(plane.issueToken())).map(([name, value]) => `${name}: ${value}\r\n`)
    const socket = createConnection({ port: service.port, host: '127.0.0.1' })
    let received = ''
    socket.on('data', (part: Buffer) => (received += part.toString()))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.write(`GET ${target}/parts HTTP/1.1\r\nHost: test\r\nConnection: close\r\n${lines.join('')}\r\n`)
    await waitFor('the first part', () => received.includes('first'))
    expect(received).not.toContain('second')
    service.behaviour.release()
    await closed
    expect(received).toContain('second')
  })

  it('leaves the error of a handler to the framework', async () => {
    expect((await send('GET', '/broken')).status).toBe(401)
    const answer = await send('GET', '/broken', bearer(plane.issueToken()))
    expect(answer.status).toBe(500)
    expect(answer.body).not.toContain('about:blank')
    expect(handled()).toEqual(['GET /broken'])
  })

  itIfAble(kind, 'all', 'decides each method of a route for all methods by its own endpoint', async () => {
    const token = bearer(plane.issueToken())
    expect((await send('GET', '/any', token)).status).toBe(200)
    expect((await send('PUT', '/any', { ...token, 'content-length': '0' })).status).toBe(403)
    expect((await send('PATCH', '/any', { 'content-length': '0' })).status).toBe(200)
    expect((await send('HEAD', '/any')).status).toBe(401)
    expect(handled()).toEqual(['ALL /any', 'ALL /any'])
    await waitFor('the inventory', () => inventory().includes(`PATCH ${prefix}/any`))
  })

  itIfAble(
    kind,
    'override',
    'decides by the method that a middleware has put in place of the one that was sent',
    async () => {
      const headers = { ...bearer(plane.issueToken({ scope: 'orders:write' })), [OVERRIDE_HEADER]: 'DELETE' }
      expect((await send('POST', '/orders/42', { ...headers, 'content-length': '0' })).status).toBe(403)
      expect(denials).toEqual([`DELETE ${prefix}/orders/:orderId`])
      expect(handled()).toEqual([])
    },
  )

  itIfAble(
    kind,
    'preflight',
    'leaves preflights alone that a middleware answers, and its headers on refusals',
    async () => {
      const origin = { origin: ALLOWED_ORIGIN }
      const preflight = await send('OPTIONS', '/orders/42', { ...origin, 'access-control-request-method': 'GET' })
      expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': ALLOWED_ORIGIN } })
      const refused = await send('GET', '/orders/42', origin)
      expect(refused).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': ALLOWED_ORIGIN } })
      expect(handled()).toEqual([])
    },
  )

  it('leaves what has no route to the framework', async () => {
    plane.publish({ undeclaredMode: 'enforce' })
    await waitFor('the configuration', () => stepgate.status().revision === plane.snapshot.revision)
    expect((await send('GET', '/nowhere')).status).toBe(404)
    expect([404, 405]).toContain((await send('POST', '/admin/users', { 'content-length': '0' })).status)
    // 400 is what CORS middleware may answer to a preflight without an origin.
    expect([200, 204, 400, 404]).toContain((await send('OPTIONS', '/orders/42')).status)
    expect(handled()).toEqual([])
    expect(denials).toEqual([])
  })

  it('refuses an undeclared route when that is enforced', async () => {
    expect((await send('GET', '/undeclared', bearer(plane.issueToken()))).status).toBe(403)
    expect(handled()).toEqual([])
    expect(denials).toEqual([`GET ${prefix}/undeclared`])
  })

  it('runs no handler without an allow for its own template, however the path is spelled', async () => {
    const allowed = bearer(plane.issueToken({ client_id: 'speller', scope: 'admin:read orders:read reports:read' }))
    const refused = bearer(plane.issueToken({ client_id: 'stranger', scope: 'orders:read' }))
    const ran = new Map<string, number>()
    for (const spelling of spellingsOf(`${target}/admin/users`)) {
      for (const method of ['GET', 'HEAD']) {
        service.behaviour.handled.length = 0
        await sendRaw(service.port, method, spelling, refused)
        expect(handled(), `${method} ${spelling}`).not.toContain('GET /admin/users')
        service.behaviour.handled.length = 0
        await sendRaw(service.port, method, spelling, allowed)
        for (const name of handled()) ran.set(name, (ran.get(name) ?? 0) + 1)
      }
    }
    expect(ran.get('GET /admin/users')).toBeGreaterThan(0)
    const allows = (): Map<string, number> => {
      const counts = new Map<string, number>()
      for (const { caller, outcome, method, route, count } of plane.signatures) {
        const name = `${method} ${route.slice(prefix.length)}`
        if (caller === 'speller' && outcome === 'allowed') counts.set(name, (counts.get(name) ?? 0) + count)
      }
      return counts
    }
    await flush(stepgate)
    expect(allows()).toEqual(ran)
  })

  it('tells requests apart that come at the same time', async () => {
    const callers = Array.from({ length: 40 }, (_, index) => `caller-${String(index)}`)
    const answers = await Promise.all(
      callers.map((caller, index) =>
        send(
          'GET',
          `/orders/${String(index)}`,
          bearer(plane.issueToken({ client_id: caller, scope: index % 2 === 0 ? 'orders:read' : 'other:read' })),
        ),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(callers.map((_, index) => (index % 2 === 0 ? 200 : 403)))
    answers.forEach((answer, index) => {
      if (index % 2 === 0) expect(json(answer)['stepgate']).toMatchObject({ caller: callers[index] })
    })
    expect(handled()).toHaveLength(callers.length / 2)
  })

  describe('what it lets the guard read', () => {
    const read = async (): Promise<Read> => {
      const reads = observeReads(stepgate)
      const headers = { ...bearer(plane.issueToken({ scope: 'reports:read' })), 'x-forwarded-for': '192.0.2.7' }
      await send('GET', '/tenants/a%20b/reports/1?x=1', { ...headers, 'user-agent': 'reader/1' })
      expect(reads).toHaveLength(1)
      return reads[0] as Read // one was made
    }

    it('is the request as it came', async () => {
      expect(await read()).toMatchObject({
        route: `GET ${prefix}/tenants/:tenantId/reports/:reportId`,
        method: 'GET',
        authorization: expect.stringMatching(/^Bearer /) as unknown,
        userAgent: 'reader/1',
        header: '192.0.2.7',
        absentHeader: undefined,
        path: `${target}/tenants/a%20b/reports/1`,
      })
    })

    it('includes the parameters of the route', async () => {
      expect((await read()).params).toMatchObject({ reportId: '1' })
    })

    itIfAble(kind, 'parent parameters', 'includes the parameters of its mount', async () => {
      expect((await read()).params['tenantId']).toMatch(/^a( |%20)b$/)
    })

    itIfAble(kind, 'address', 'includes the connection', async () => {
      expect((await read()).address).toMatch(/127\.0\.0\.1$/)
    })
  })

  it('takes a change of the configuration up within a poll', async () => {
    plane.publish({
      endpoints: endpoints.map((each) => (each.id === 'GET /off' ? { ...each, mode: 'enforce' as const } : each)),
    })
    await waitFor('the confirmation', () => plane.applied.includes(`epoch-1:${String(plane.snapshot.revision)}`))
    expect((await send('GET', '/off')).status).toBe(401)
    expect(ROUTES.map(nameOf)).toContain('GET /off')
  })
}

/** The suite that every adapter passes, on each of these services. */
export function describeServices(kinds: readonly ServiceKind[]): void {
  describe.each(kinds)('a service on $name', describeService)
}
