/** What is particular to Koa: layers of @koa/router, parameters, applications in applications. */
import Router, { type RouterMiddleware } from '@koa/router'
import Koa, { type Middleware } from 'koa'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { protectKoa } from '../src/koa.ts'
import { portOf } from './adapters/service-kind.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, flush, sendRaw, type RawAnswer } from './fixtures.ts'
import { waitFor } from './wait-for.ts'

const plane = new TestControlPlane()
const handled: string[] = []
let denials: string[] = []
let stepgate: Stepgate
let app: Koa
let server: Server | null = null

const handler =
  (name: string): RouterMiddleware =>
  (context) => {
    handled.push(name)
    context.body = name
  }
const routesOf = (router: Router): Middleware => router.routes() as Middleware // the router's context is Koa's and more

beforeAll(async () => {
  await plane.start()
  plane.publish({
    undeclaredMode: 'enforce',
    endpoints: [
      endpoint('GET /things/:id', 'enforce'),
      endpoint('GET /open', 'enforce', { access: 'public', requirements: [] }),
    ],
  })
})

afterAll(() => plane.kill())

beforeEach(async () => {
  handled.length = 0
  denials = []
  stepgate = connect(plane)
  stepgate.on('decision-denied', ({ method, route }) => denials.push(`${method} ${route}`))
  await stepgate.started
  app = new Koa()
  app.silent = true
  protectKoa(app, stepgate)
})

afterEach(async () => {
  server?.close()
  server = null
  await stepgate.close()
})

async function send(method: string, target: string, headers = {}, root: Koa = app): Promise<RawAnswer> {
  if (server === null) {
    const listener = root.callback()
    server = createServer((request, response) => void listener(request, response))
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  }
  return sendRaw(portOf(server), method, target, headers)
}

it('decides before the handlers of parameters, whenever they were added', async () => {
  const router = new Router()
  router.get('/things/:id', handler('things'))
  app.use(routesOf(router))
  const addParameterHandler = (): void => {
    router.param('id', (_id, _context, next) => (handled.push('param'), next()))
  }
  addParameterHandler()
  expect((await send('GET', '/things/1')).status).toBe(401)
  addParameterHandler()
  expect((await send('GET', '/things/1')).status).toBe(401)
  expect(handled).toEqual([])
  await send('GET', '/things/1', bearer(plane.issueToken()))
  expect(handled.at(-1)).toBe('things')
})

it('guards routes that were added after the first request', async () => {
  const router = new Router()
  app.use(routesOf(router))
  expect((await send('GET', '/late')).status).toBe(404)
  router.get('/late', handler('late'))
  expect((await send('GET', '/late')).status).toBe(403)
  expect(denials).toEqual(['GET /late'])
})

it('guards routers that were mounted before it was called', async () => {
  const early = new Koa()
  const router = new Router({ prefix: '/early' })
  router.get('/:id', handler('early'))
  early.use(routesOf(router))
  protectKoa(early, stepgate)
  expect((await send('GET', '/early/1', {}, early)).status).toBe(403)
  expect(denials).toEqual(['GET /early/:id'])
})

it('guards an application whose middleware another one runs', async () => {
  const router = new Router()
  router.get('/inside', handler('inside'))
  app.use(routesOf(router))
  const parent = new Koa()
  for (const middleware of app.middleware) parent.use(middleware)
  expect((await send('GET', '/inside', {}, parent)).status).toBe(403)
  expect(handled).toEqual([])
})

it('lets go of a request that has passed an application which another one runs', async () => {
  const inner = new Router()
  inner.get('/inner', handler('inner'))
  app.use(routesOf(inner))
  const outer = new Koa()
  for (const middleware of app.middleware) outer.use(middleware)
  const free = new Router()
  free.get('/free', handler('free'))
  outer.use(routesOf(free))
  expect((await send('GET', '/inner', {}, outer)).status).toBe(403)
  expect((await send('GET', '/free', {}, outer)).status).toBe(200)
  expect(handled).toEqual(['free'])
})

it('lets an application decide by its own stepgate inside another one, and that one go on by its own', async () => {
  const other = connect(plane)
  const own: string[] = []
  other.on('decision-denied', ({ route }) => own.push(route))
  await other.started
  const inner = new Koa()
  protectKoa(inner, other)
  const [innerRouter, outerRouter] = [new Router(), new Router()]
  innerRouter.get('/inner', handler('inner'))
  outerRouter.get('/outer', handler('outer'))
  inner.use(routesOf(innerRouter))
  for (const middleware of inner.middleware) app.use(middleware)
  app.use(routesOf(outerRouter))
  expect((await send('GET', '/inner')).status).toBe(403)
  expect((await send('GET', '/outer')).status).toBe(403)
  expect(own).toEqual(['/inner'])
  expect(denials).toEqual(['GET /outer'])
  await other.close()
})

it('does not touch an application that is not guarded, though they share a router', async () => {
  const router = new Router()
  router.get('/shared', handler('shared'))
  app.use(routesOf(router))
  expect((await send('GET', '/shared')).status).toBe(403)
  server?.close()
  server = null
  const free = new Koa()
  free.use(routesOf(router))
  expect((await send('GET', '/shared', {}, free)).status).toBe(200)
  expect(handled).toEqual(['shared'])
})

it('decides by the method the router has matched, whatever a middleware of its own makes of it', async () => {
  const router = new Router()
  router.use((context, next) => {
    context.method = 'GET'
    return next()
  })
  router.post('/things/:id', handler('post'))
  app.use(routesOf(router))
  const token = bearer(plane.issueToken())
  expect((await send('POST', '/things/1', { ...token, 'content-length': '0' })).status).toBe(403)
  expect(denials).toEqual(['POST /things/:id'])
})

it('decides each of several routes a request runs through, and one of several handlers once', async () => {
  const router = new Router()
  router.get('/things/:id', (_context, next) => next())
  router.get('/things/:id', (_context, next) => next())
  router.get('/things/special', handler('special'))
  app.use(routesOf(router))
  const token = bearer(plane.issueToken({ client_id: 'counted' }))
  expect((await send('GET', '/things/special', token)).status).toBe(403)
  expect(denials).toEqual(['GET /things/special'])
  await flush(stepgate)
  expect(plane.signatures.filter(({ caller, outcome }) => caller === 'counted' && outcome === 'allowed')).toEqual([
    expect.objectContaining({ route: '/things/:id', count: 1 }),
  ])
})

it('spells expressions as templates and takes alternatives for routes of their own', async () => {
  const router = new Router()
  router.get(/^\/files\/(.*)\.pdf$/, handler('expression'))
  router.get(['/one', '/two'], handler('list'))
  app.use(routesOf(router))
  expect((await send('GET', '/files/a.pdf')).status).toBe(403)
  expect((await send('GET', '/two')).status).toBe(403)
  expect(denials).toEqual(['GET /(^\\/files\\/(.*)\\.pdf$)', 'GET /two'])
  await waitFor('the inventory', () =>
    ['/one', '/two'].every((path) => plane.inventories.at(-1)?.endpoints.some(({ route }) => route === path)),
  )
})

it('leaves something else by the name of router alone', async () => {
  app.use((context) => {
    Object.assign(context, { router: 'mine' })
    context.body = String((context as { router?: unknown }).router)
  })
  expect((await send('GET', '/')).body).toBe('mine')
})

it('takes what is no router for none, on middleware and on the context of all requests', async () => {
  app.use(Object.assign(((_context, next) => next()) as Middleware, { router: { find: () => undefined } }))
  const router = new Router()
  router.get('/things/:id', handler('things'))
  Object.assign(app.context, { router })
  app.use((context, next) => {
    context.set('seen', String((context as { router?: unknown }).router === router))
    return next()
  })
  app.use(routesOf(router))
  await waitFor('the inventory', () => plane.inventories.length > 0)
  const { status, headers } = await send('GET', '/things/1')
  expect([status, headers['seen']]).toEqual([401, 'true'])
})

it('tells an expression from the path that is written alike', async () => {
  const router = new Router()
  router.get('/open/', (_context, next) => next())
  router.get(/open/, handler('expression'))
  app.use(routesOf(router))
  expect((await send('GET', '/open/')).status).toBe(403)
  expect((await send('GET', '/x/open')).status).toBe(403)
  expect(handled).toEqual([])
})

it('guards a router that lists what was matched as @koa/router 13.0.0 does', async () => {
  const router = new Router()
  router.get('/things/:id', handler('things'))
  app.use((context, next) => {
    Object.defineProperty(context, 'matched', { get: () => [router.stack, []] })
    return next()
  })
  app.use(routesOf(router))
  expect((await send('GET', '/things/1')).status).toBe(401)
  expect(handled).toEqual([])
})

it('refuses to guard one application twice, and what is no application', () => {
  expect(() => protectKoa(app, stepgate)).toThrow('protected already')
  expect(() => protectKoa(new Router() as never, stepgate)).toThrow('new Koa()')
  expect(() => protectKoa(new Koa(), {} as Stepgate)).toThrow('createStepgate')
})
