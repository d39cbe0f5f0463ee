/** What is particular to Express: routers in routers, sub-applications, other copies, odd paths. On both versions. */
import express4 from 'express-4'
import express5, { type Express, type RequestHandler, type Router } from 'express'
import { createServer, IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { templateOfPrefix } from '../src/adapters/express/layer-template.ts'
import { protectExpress } from '../src/express.ts'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { connect, endpoint, sendRaw, type RawAnswer } from './fixtures.ts'
import { waitFor } from './wait-for.ts'

type ExpressModule = typeof express5
const VERSIONS: readonly (readonly [string, ExpressModule])[] = [
  ['Express 5', express5],
  ['Express 4', express4],
]

/** A second copy of a package, as an installation with two versions has it. */
function secondCopy(name: string): ExpressModule {
  const require = createRequire(import.meta.url)
  const kept = { ...require.cache }
  const root = new RegExp(`node_modules/(?:${name}|router|path-to-regexp)/`)
  for (const file of Object.keys(require.cache)) if (root.test(file)) Reflect.deleteProperty(require.cache, file)
  const copy = require(name) as ExpressModule
  Object.assign(require.cache, kept)
  return copy
}

describe.each(VERSIONS)('%s', (version, express) => {
  const plane = new TestControlPlane()
  let stepgate: Stepgate
  let app: Express
  let server: Server | null = null
  const handled: string[] = []
  const handler =
    (name: string): RequestHandler =>
    (_request, response) => {
      handled.push(name)
      response.json({ handler: name })
    }

  beforeAll(async () => {
    await plane.start()
    plane.publish({ undeclaredMode: 'enforce', endpoints: [endpoint('GET /open', 'off')] })
  })

  afterAll(() => plane.kill())

  beforeEach(async () => {
    handled.length = 0
    stepgate = connect(plane)
    await stepgate.started
    app = express()
    protectExpress(app, stepgate)
  })

  afterEach(async () => {
    server?.close()
    server = null
    await stepgate.close()
  })

  async function send(
    method: string,
    target: string,
    listener: Parameters<typeof createServer>[1] = app,
  ): Promise<RawAnswer> {
    if (server === null) {
      server = createServer(listener)
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    }
    return sendRaw((server.address() as AddressInfo).port, method, target)
  }

  /** To a server of its own. */
  async function sendTo(listener: Parameters<typeof createServer>[1], target: string): Promise<RawAnswer> {
    const own = createServer(listener)
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    const answer = await sendRaw((own.address() as AddressInfo).port, 'GET', target)
    own.close()
    return answer
  }

  /** All routes are undeclared and enforced: whatever the guard sees is refused with 403. */
  async function expectGuarded(target: string, template: string, method = 'GET'): Promise<void> {
    expect((await send(method, target)).status).toBe(403)
    expect(handled).toEqual([])
    await waitFor(`the decision on ${template}`, () => deniedTemplates.includes(template))
  }
  let deniedTemplates: string[] = []
  beforeEach(() => {
    deniedTemplates = []
    stepgate.on('decision-denied', ({ method, route }) =>
      deniedTemplates.push(method === 'GET' ? route : `${method} ${route}`),
    )
  })

  const inventory = (): string[] =>
    plane.inventories.at(-1)?.endpoints.map(({ method, route }) => `${method} ${route}`) ?? []

  it('guards routers in routers that were filled before the application existed', async () => {
    const inner = express.Router({ mergeParams: true })
    inner.get('/items/:itemId', handler('inner'))
    const outer = express.Router()
    outer.use('/carts/:cartId', inner)
    outer.use(inner)
    app.use('/shops/:shopId', outer)
    await expectGuarded('/shops/carts/carts/shops/items/7', '/shops/:shopId/carts/:cartId/items/:itemId')
    await expectGuarded('/shops/1/items/7', '/shops/:shopId/items/:itemId')
    await waitFor('the inventory', () => inventory().includes('GET /shops/:shopId/carts/:cartId/items/:itemId'))
    expect(inventory()).toContain('GET /shops/:shopId/items/:itemId')
  })

  it('guards routes, routers and sub-applications that were there before it', async () => {
    const early = express()
    const router = express.Router()
    router.get('/routed', handler('routed'))
    const nested = express()
    nested.get('/nested', handler('nested'))
    early.get('/early', handler('early'))
    early.use('/in', router)
    early.use('/sub', nested)
    protectExpress(early, stepgate)
    for (const path of ['/early', '/in/routed', '/sub/nested'])
      expect([path, (await send('GET', path, early)).status]).toEqual([path, 403])
    expect(handled).toEqual([])
    await waitFor(
      'the inventory',
      () => plane.inventories.at(-1)?.endpoints.some(({ route }) => route === '/early') === true,
    )
  })

  it('knows a mount whose template the router keeps to itself', async () => {
    const inner = express.Router()
    inner.get('/items/:itemId', handler('inner'))
    const outer = express.Router()
    outer.use('/x.y/carts/:cartId-:part', inner)
    for (const layer of outer.stack) Reflect.deleteProperty(layer, 'rawPath')
    app.use('/shops', outer)
    await expectGuarded('/shops/x.y/carts/1-2/items/7', '/shops/x.y/carts/:cartId-:part/items/:itemId')
  })

  it('guards routes that are added to a router after it was mounted', async () => {
    const router = express.Router()
    app.use('/late', router)
    router.get('/one', handler('one'))
    await expectGuarded('/late/one', '/late/one')
  })

  it('guards sub-applications, also those mounted in others', async () => {
    const innermost = express()
    innermost.get('/deep', handler('deep'))
    const sub = express()
    sub.use('/b/:id', innermost)
    sub.get('/own', handler('own'))
    app.use('/a', sub)
    await expectGuarded('/a/own', '/a/own')
    await expectGuarded('/a/b/7/deep', '/a/b/:id/deep')
    await waitFor(
      'the inventory',
      () => inventory().includes('GET /a/own') && inventory().includes('GET /a/b/:id/deep'),
    )
  })

  it.each(['router', 'sub-application'])('guards a %s that comes from another copy of Express', async (kind) => {
    const other = secondCopy(version === 'Express 4' ? 'express-4' : 'express')
    expect(other).not.toBe(express)
    const copy = kind === 'router' ? other.Router() : other()
    copy.get('/copied', handler('copied'))
    app.use('/mount', copy as unknown as Router)
    await expectGuarded('/mount/copied', '/mount/copied')
  })

  it('guards an application that is mounted in one that is not guarded, and nothing else of that', async () => {
    const parent = express()
    app.get('/inside', handler('inside'))
    parent.use('/mounted', app)
    parent.get('/outside', handler('outside'))
    parent.get('/mounted/after', handler('after'))
    expect((await send('GET', '/mounted/inside', parent)).status).toBe(403)
    expect(deniedTemplates).toEqual(['/mounted/inside'])
    expect((await send('GET', '/outside', parent)).status).toBe(200)
    expect((await send('GET', '/mounted/after', parent)).status).toBe(200)
  })

  it('takes methods that are made up for one', async () => {
    app.use((request, _response, next) => {
      request.method = new URL(request.url, 'http://things.test').searchParams.get('method') ?? ''
      next()
    })
    app.route('/things').all(handler('things'))
    const before = stepgate.status().routes
    for (let made = 0; made < 20; made++)
      expect((await send('POST', `/things?method=MADE${String(made)}`)).status).toBe(403)
    expect((await send('POST', '/things?method=M-SEARCH')).status).toBe(403)
    expect(deniedTemplates).toContain('OTHER /things')
    expect(stepgate.status().routes).toBeLessThanOrEqual(before + 7)
  })

  it('guards what is called by hand, wherever it was mounted', async () => {
    const router = express.Router()
    router.get('/wrapped', handler('wrapped'))
    app.use('/by-hand', (request, response, next) => {
      router(request, response, next)
    })
    await expectGuarded('/by-hand/wrapped', '/by-hand/wrapped')
  })

  it('guards an application that nothing connects with it, where a handler sends the request there', async () => {
    const other = express()
    other.get('/inside', handler('inside'))
    app.use('/by-hand', (request, response, next) => {
      other(request, response, next)
    })
    await expectGuarded('/by-hand/inside', '/by-hand/inside')
    expect((await sendTo(other, '/inside')).status).toBe(200)
  })

  it('guards requests that somebody gave another prototype', async () => {
    app.request = Object.create(IncomingMessage.prototype) as Express['request'] // as a library might
    app.get('/inside', handler('inside'))
    await expectGuarded('/inside', '/inside')
  })

  it('guards requests that name another application when they arrive', async () => {
    app.get('/inside', handler('inside'))
    const answer = await sendTo((request, response) => {
      app(
        Object.assign(request, { app: express() }) as unknown as Parameters<Express>[0],
        response as Parameters<Express>[1],
      )
    }, '/inside')
    expect([answer.status, handled]).toEqual([403, []])
  })

  it('leaves alone what an application that is mounted in it answers by itself', async () => {
    const mounted = express()
    mounted.get('/inside', handler('inside'))
    app.use('/mounted', mounted)
    await expectGuarded('/mounted/inside', '/mounted/inside')
    expect((await sendTo(mounted, '/inside')).status).toBe(200)
  })

  it('decides each of two applications that share a router by its own mount', async () => {
    const router = express.Router()
    router.get('/shared', handler('shared'))
    const other = express()
    protectExpress(other, stepgate)
    app.use('/first', router)
    other.use('/second', router)
    for (let round = 0; round < 2; round++) {
      await expectGuarded('/first/shared', '/first/shared')
      expect((await sendTo(other, '/second/shared')).status).toBe(403)
      await waitFor('the other decision', () => deniedTemplates.includes('/second/shared'))
      deniedTemplates.length = 0
    }
  })

  it('notices handlers that a route is given later', async () => {
    const route = app.route('/late')
    route.post(handler('post'))
    // Express enters the route and finds nothing there for it.
    expect((await send('HEAD', '/late')).status).toBe(404)
    route.get(handler('get'))
    await expectGuarded('/late', '/late', 'HEAD')
    await expectGuarded('/late', 'POST /late', 'POST')
    await expectGuarded('/late', '/late')
  })

  it('decides anew when a handler sends the request through the application once more', async () => {
    app.get('/target', handler('target'))
    app.use('/alias', (request, response) => {
      request.url = '/target'
      request.baseUrl = ''
      ;(app as unknown as { handle(...parts: unknown[]): void }).handle(request, response)
    })
    await expectGuarded('/alias', '/target')
  })

  it('decides once for each route a request is handed on to', async () => {
    plane.publish({ endpoints: [endpoint('GET /open', 'off'), endpoint('GET /first/:id', 'off')] })
    await waitFor('the configuration', () => stepgate.status().revision === plane.snapshot.revision)
    app.get('/first/:id', (_request, _response, next) => next('route'))
    app.get('/first/second', handler('second'))
    await expectGuarded('/first/second', '/first/second')
  })

  it('forgets the mount when a router hands on to what comes after it', async () => {
    const router = express.Router()
    router.use((_request, _response, next) => next())
    app.use('/shops/:shopId', router)
    app.get('/shops/:shopId/after', handler('after'))
    await expectGuarded('/shops/1/after', '/shops/:shopId/after')
  })

  it('decides on the method after it was overridden', async () => {
    app.use((request, _response, next) => {
      request.method = 'DELETE'
      next()
    })
    app.delete('/things', handler('delete'))
    app.post('/things', handler('post'))
    await expectGuarded('/things', 'DELETE /things', 'POST')
  })

  it('spells alternatives and expressions as one template', async () => {
    app.get(['/one', '/two/:id'], handler('list'))
    app.get(/^\/files\/(.*)\.pdf$/, handler('expression'))
    const router = express.Router()
    router.get('/leaf', handler('leaf'))
    app.use(['/m/:a', '/n'], router)
    await expectGuarded('/two/2', '/one|/two/:id')
    await expectGuarded('/files/a.pdf', '/(^\\/files\\/(.*)\\.pdf$)')
    expect((await send('GET', '/n/leaf')).status).toBe(403)
    expect(handled).toEqual([])
  })

  it('treats app.all as an endpoint of each method', async () => {
    app.all('/any', handler('any'))
    await expectGuarded('/any', 'PUT /any', 'PUT')
    await expectGuarded('/any', '/any', 'HEAD')
    await waitFor('the inventory', () => inventory().includes('PATCH /any'))
    expect(inventory().filter((name) => name.endsWith(' /any'))).toEqual(
      expect.arrayContaining(['GET /any', 'POST /any', 'PUT /any', 'PATCH /any', 'DELETE /any']),
    )
    expect(inventory().some((name) => name.startsWith('SEARCH'))).toBe(false)
  })

  it('leaves preflights alone that a middleware answers, and OPTIONS that Express answers itself', async () => {
    app.use((request, response, next) => {
      if (request.method === 'OPTIONS' && request.headers.origin !== undefined) response.sendStatus(204)
      else next()
    })
    app.get('/things', handler('things'))
    expect((await send('OPTIONS', '/things')).status).toBe(200)
    expect((await send('OPTIONS', '/things')).headers['allow']).toContain('GET')
  })

  it('keeps headers that were set before, as a caller from another origin needs them to read the refusal', async () => {
    app.use((_request, response, next) => {
      response.setHeader('access-control-allow-origin', '*')
      next()
    })
    app.get('/things', handler('things'))
    expect((await send('GET', '/things')).headers['access-control-allow-origin']).toBe('*')
  })

  it('honours settings that are made after it was called', async () => {
    app.set('strict routing', true)
    app.set('case sensitive routing', true)
    app.get('/things', handler('things'))
    expect((await send('GET', '/things/')).status).toBe(404)
    expect((await send('GET', '/Things')).status).toBe(404)
    await expectGuarded('/things', '/things')
  })

  it('honours settings of a mounted application that are made when requests come already', async () => {
    const mounted = express()
    app.use('/mounted', mounted)
    await send('GET', '/elsewhere')
    await delay(80) // routes are looked for meanwhile
    await send('GET', '/elsewhere')
    mounted.set('strict routing', true)
    mounted.get('/things', handler('things'))
    expect((await send('GET', '/mounted/things/')).status).toBe(404)
    await expectGuarded('/mounted/things', '/mounted/things')
  })

  it('guards a mounted application of another copy that has its first route when requests come already', async () => {
    const mounted = secondCopy(version === 'Express 4' ? 'express-4' : 'express')()
    app.use('/mounted', mounted)
    await send('GET', '/elsewhere')
    mounted.get('/things', handler('things'))
    await expectGuarded('/mounted/things', '/mounted/things')
  })

  it('does not touch other applications of the process', async () => {
    const other = express()
    other.get('/free', handler('free'))
    expect((await send('GET', '/free', other)).status).toBe(200)
  })

  it('refuses to guard one application twice, and what is no application', () => {
    expect(() => protectExpress(app, stepgate)).toThrow('protected already')
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it is what is refused
    expect(() => protectExpress({} as Express, stepgate)).toThrow(
      expect.objectContaining({ name: 'StepgateUsageError', code: 'not-an-application' }),
    )
    expect(() => protectExpress(express(), {} as Stepgate)).toThrow(
      expect.objectContaining({ name: 'StepgateUsageError', code: 'not-a-stepgate' }),
    )
  })
})

describe('templateOfPrefix', () => {
  it.each([
    ['^\\/tenants\\/(?:([^\\/]+?))\\/?(?=\\/|$)', ['tenantId'], '/tenants/:tenantId'],
    ['^\\/a\\.b\\/?(?=\\/|$)', [], '/a.b'],
    ['^(?:\\/x\\/([^\\/]+))(?:\\/$)?(?=\\/|$)', ['id'], '/x/:id'],
    ['^(?:\\/x\\/([^]+))(?:\\/$)?(?=\\/|$)', ['rest'], '/x/*rest'],
    ['^\\/?(?=\\/|$)', [], '/'],
    ['^(?:\\/a|\\/b)(?:\\/$)?(?=\\/|$)', [], '/(^(?:\\/a|\\/b)(?:\\/$)?(?=\\/|$))'],
  ])('reads %s', (source, names, template) => {
    expect(templateOfPrefix({ source, names })).toBe(template)
  })
})
