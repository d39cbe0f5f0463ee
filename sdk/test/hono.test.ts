/** What is particular to Hono: middleware that cannot be told from routes, applications in applications, what is put on handlers. */
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { mount } from 'hono/mount'
import { LinearRouter } from 'hono/router/linear-router'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { protectHono } from '../src/hono.ts'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, flush } from './fixtures.ts'
import { waitFor } from './wait-for.ts'

const plane = new TestControlPlane()
const handled: string[] = []
let denials: string[] = []
let stepgate: Stepgate
let app: Hono

const handler = (name: string) => (context: Context) => {
  handled.push(name)
  return context.text(name)
}
const passes: MiddlewareHandler = async (_context, next) => {
  handled.push('middleware')
  await next()
}
const statusOf = async (path: string, init: RequestInit = {}): Promise<number> => (await app.request(path, init)).status

beforeAll(async () => {
  await plane.start()
  plane.publish({ undeclaredMode: 'enforce', endpoints: [endpoint('GET /things/:id', 'enforce')] })
})

afterAll(() => plane.kill())

beforeEach(async () => {
  handled.length = 0
  denials = []
  stepgate = connect(plane)
  stepgate.on('decision-denied', ({ method, route }) => denials.push(`${method} ${route}`))
  await stepgate.started
  app = new Hono()
  protectHono(app, stepgate)
})

afterEach(() => stepgate.close())

it('leaves the length of a refusal to the server, some of which would send it twice', async () => {
  app.get('/lengths', handler('lengths'))
  const { status, headers } = await app.request('/lengths')
  expect([status, headers.get('content-length')]).toEqual([403, null])
})

it('lets middleware of an application that is taken in run before the decision on the route that follows', async () => {
  const sub = new Hono()
  sub.use(passes)
  sub.get('/users', handler('users'))
  app.route('/sub', sub)
  expect(await statusOf('/sub/users')).toBe(403)
  expect(handled).toEqual(['middleware'])
  expect(denials).toEqual(['GET /sub/users'])
})

it('takes for a route what is last for all methods in an application that is taken in', async () => {
  const sub = new Hono()
  sub.all('/any', async (context, next) => {
    handled.push('all')
    if (context.req.query('on') !== undefined) await next()
    return context.text('all')
  })
  sub.all(
    '/mounted/*',
    mount(() => new Response('mounted')),
  )
  app.route('/sub', sub)
  expect(await statusOf('/sub/any')).toBe(403)
  expect(await statusOf('/sub/mounted/x')).toBe(403)
  expect(handled).toEqual([])
  expect(denials).toEqual(['GET /sub/any', 'GET /sub/mounted/*'])
})

it('takes for a route what is for all methods and knows no next', async () => {
  const sub = new Hono()
  sub.all('/any', handler('all'))
  app.route('/sub', sub)
  app.get('*', handler('rest'))
  expect(await statusOf('/sub/any')).toBe(403)
  expect(denials).toEqual(['GET /sub/any'])
})

it('leaves middleware of its own alone, where no route follows', async () => {
  app.use(passes)
  app.basePath('/based').use(passes)
  app.get('/other', handler('other'))
  expect(await statusOf('/based/nowhere')).toBe(404)
  expect(handled).toEqual(['middleware', 'middleware'])
  expect(denials).toEqual([])
})

it('guards what is mounted from elsewhere as one endpoint', async () => {
  app.mount('/legacy', () => new Response('legacy')) // eslint-disable-line @typescript-eslint/no-deprecated -- in use until Hono 5
  app.all(
    '/modern/*',
    mount(() => new Response('modern')),
  )
  expect(await statusOf('/legacy/a/b', { method: 'PUT' })).toBe(403)
  expect(await statusOf('/modern/a/b', { method: 'PUT' })).toBe(403)
  expect(denials).toEqual(['PUT /legacy/*', 'PUT /modern/*'])
})

it('guards applications in applications, those with an error handler of their own included', async () => {
  const inner = new Hono()
  inner.onError((_error, context) => context.text('own', 500))
  inner.use(passes)
  inner.get('/leaf', handler('leaf'))
  const outer = new Hono()
  outer.route('/inner/:id', inner)
  app.route('/outer', outer)
  expect(await statusOf('/outer/inner/7/leaf')).toBe(403)
  expect(denials).toEqual(['GET /outer/inner/:id/leaf'])
  expect(handled).toEqual(['middleware'])
})

it('is taken along when another application takes this one in', async () => {
  app.get('/inside', handler('inside'))
  const parent = new Hono()
  parent.route('/p', app)
  parent.get('/outside', handler('outside'))
  expect((await parent.request('/p/inside')).status).toBe(403)
  expect((await parent.request('/outside')).status).toBe(200)
})

it('decides a route of several handlers once', async () => {
  app.get('/things/:id', passes, passes, handler('things'))
  app.get('/things/:id', handler('again'))
  expect(await statusOf('/things/1', { headers: bearer(plane.issueToken()) })).toBe(200)
  expect(handled).toEqual(['middleware', 'middleware', 'things'])
  await flush(stepgate)
  expect(plane.signatures.filter(({ route }) => route === '/things/:id')).toEqual([
    expect.objectContaining({ count: 1 }),
  ])
})

it('keeps what others have put on a handler, its name and its length', () => {
  const mark = Symbol('described')
  const described = async (_context: Context, _next: unknown): Promise<Response> => new Response()
  app.get('/described', Object.assign(described, { [mark]: 'yes' }))
  const { handler: guarded } = app.routes[0] ?? {}
  expect(guarded).not.toBe(described)
  expect([guarded?.name, guarded?.length]).toEqual(['described', 2])
  expect(Reflect.get(Object(guarded), mark)).toBe('yes')
})

it('works with any router', async () => {
  app = new Hono({ router: new LinearRouter() })
  protectHono(app, stepgate)
  app.on(['GET', 'PUT'], ['/one', '/two'], handler('on'))
  expect(await statusOf('/two', { method: 'PUT' })).toBe(403)
  expect(denials).toEqual(['PUT /two'])
  const isKnown = (): boolean => plane.inventories.at(-1)?.endpoints.some(({ route }) => route === '/one') ?? false
  await waitFor('the inventory', isKnown)
})

it('says so when routes are there before it, when it is called twice, and when it gets something else', () => {
  const filled = new Hono()
  filled.get('/early', handler('early'))
  expect(() => protectHono(app, stepgate)).toThrow('protected already')
  expect(() => protectHono(filled, stepgate)).toThrow('before the first route; GET /early would not be guarded')
  expect(() => protectHono({ router: {} } as never, stepgate)).toThrow('new Hono()')
})

it.each<readonly [what: string, add: (early: Hono) => unknown]>([
  ['middleware', (early) => early.use(passes)],
  ['a route for all methods', (early) => early.all('/any', handler('any'))],
])('does not take %s that is there before it for the other, and says what to do', (_what, add) => {
  const early = new Hono()
  add(early)
  expect(() => protectHono(early, stepgate)).toThrow(
    expect.objectContaining({
      code: 'registered-too-late',
      message: expect.stringMatching(/before app\.use and app\.all, which Hono does not tell apart/) as unknown,
    }),
  )
})

it('lets middleware that is added after it see what is refused', async () => {
  const seen: number[] = []
  app.use(async (context, next) => {
    await next()
    seen.push(context.res.status)
  })
  app.get('/things/:id', handler('things'))
  expect(await statusOf('/things/1')).toBe(401)
  expect(seen).toEqual([401])
})
