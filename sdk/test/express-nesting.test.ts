/** Requests that leave an application, come back to it or reach it through others: each handler is decided as what it is. */
import express4 from 'express-4'
import express5, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { createServer, ServerResponse, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { protectExpress } from '../src/express.ts'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { connect, endpoint, sendRaw } from './fixtures.ts'

type ExpressModule = typeof express5
type Listener = NonNullable<Parameters<typeof createServer>[1]>

/** Another copy of Express than the one that is imported, loaded as CommonJS. */
function anotherCopy(name: string): ExpressModule {
  const require = createRequire(import.meta.url)
  for (const file of Object.keys(require.cache))
    if (/node_modules[\\/](?:express|express-4|router)[\\/]/.test(file)) Reflect.deleteProperty(require.cache, file)
  return require(name) as ExpressModule
}

describe.each([
  ['Express 5', express5, 'express', 'express-4'],
  ['Express 4', express4, 'express-4', 'express'],
] as const)('%s', (_version, express, name, otherName) => {
  const plane = new TestControlPlane()
  const servers: Server[] = []
  const handled: string[] = []
  let stepgate: Stepgate
  let app: Express
  const decided: string[] = []

  const handler =
    (said: string): RequestHandler =>
    (request, response) => {
      handled.push(said)
      response.json({ handler: said, id: request.params['id'] })
    }

  beforeAll(async () => {
    await plane.start()
    plane.publish({
      undeclaredMode: 'enforce',
      endpoints: [
        endpoint('GET /open', 'off'),
        endpoint('GET /own/:id', 'enforce', {
          access: 'token',
          requirements: [{ kind: 'condition', expression: 'params.id == token.sub' }],
        }),
      ],
    })
  })
  afterAll(() => plane.kill())

  beforeEach(async () => {
    handled.length = 0
    decided.length = 0
    stepgate = connect(plane)
    stepgate.on('decision-denied', ({ method, route }) => decided.push(`${method} ${route}`))
    await stepgate.started
    app = express()
    protectExpress(app, stepgate)
  })

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close()
    await stepgate.close()
  })

  async function listen(listener: Listener = app): Promise<number> {
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  const statusOf = async (target: string, listener?: Listener, headers = {}, method = 'GET'): Promise<number> =>
    (await sendRaw(await listen(listener), method, target, headers)).status

  const asAlice = (): Record<string, string> => ({
    authorization: `Bearer ${plane.issueToken({ client_id: 'billing', sub: 'alice' })}`,
  })

  it('takes an application of Connect for the middleware that it is', async () => {
    const connectLike = Object.assign(((_request, _response, next) => next()) as RequestHandler, {
      stack: [{ route: '', handle: () => undefined }],
      route: '/',
      use: () => undefined,
    })
    app.use(connectLike)
    app.get('/things', handler('things'))
    await delay(80) // routes are looked for meanwhile
    expect(await statusOf('/things')).toBe(403)
  })

  it.each(['another copy', 'the other version'])(
    'guards %s that is hidden in a function or a sub-application',
    async (which) => {
      const copy = anotherCopy(which === 'another copy' ? name : otherName)
      const [hidden, early, late] = [copy.Router(), copy(), copy()]
      for (const router of [hidden, early, late]) router.get('/x', handler(which))
      const sub = express()
      sub.use('/early', early)
      app.use('/sub', sub)
      sub.use('/late', late)
      app.use('/hidden', (request, response, next) => hidden(request, response, next))
      app.use('/byhand', (request, response) => early(request, response))
      for (const path of ['/hidden/x', '/byhand/x', '/sub/early/x', '/sub/late/x'])
        expect([path, await statusOf(path)]).toEqual([path, 403])
      expect(handled).toEqual([])
    },
  )

  it('lets an application decide by its own stepgate inside another one', async () => {
    const other = connect(plane)
    const inner = express()
    protectExpress(inner, other)
    inner.get('/x', handler('inner'))
    const own: string[] = []
    other.on('decision-denied', ({ route }) => own.push(route))
    app.use('/inner', inner)
    app.get('/after', handler('after'))
    await other.started
    expect(await statusOf('/inner/x')).toBe(403)
    expect(await statusOf('/after')).toBe(403)
    expect(own).toEqual(['/inner/x'])
    expect(decided).toEqual(['GET /after'])
    await other.close()
  })

  it('lets go of a request that has left it', async () => {
    app.get('/guarded', handler('guarded'))
    const free = express()
    free.use((request, response, next) => app(request, response, next))
    free.get('/free', handler('free'))
    expect(await statusOf('/guarded', free)).toBe(403)
    expect(await statusOf('/free', free)).toBe(200)
    const router = express.Router()
    router.get('/free', handler('router'))
    expect(
      await statusOf('/free', (request, response) =>
        app(request as never, response as never, () => router(request as never, response as never, () => undefined)),
      ),
    ).toBe(200)
    expect(await statusOf('/guarded', free)).toBe(403)
  })

  it('decides a route again at another address', async () => {
    app.get('/own/:id', (request, _response, next) => {
      request.url = '/own/bob'
      next()
    })
    app.get('/own/:id', handler('own'))
    expect(await statusOf('/own/alice', app, asAlice())).toBe(403)
    expect(handled).toEqual([])
  })

  it('decides each of the requests a handler makes of one', async () => {
    const router = express.Router()
    router.get('/own/:id', handler('own'))
    app.get('/open', (request, response) => {
      for (const id of ['alice', 'bob']) {
        const part = Object.create(request, { url: { value: `/own/${id}`, writable: true } }) as typeof request
        router(part, Object.assign(new ServerResponse(request), { json: () => undefined }) as never, () => undefined)
      }
      setTimeout(() => response.end(), 50)
    })
    await statusOf('/open', app, asAlice())
    expect(handled).toEqual(['own'])
    expect(decided).toEqual(['GET /own/:id'])
  })

  it('forgets the mounts of a request that is sent through all of it again', async () => {
    app.use('/v1', (request, response, next) => {
      request.url = `/v2${request.url}`
      const root = Reflect.get(app, name === 'express' ? 'router' : '_router') as { handle: RequestHandler }
      void root.handle(request, response, next)
    })
    app.get('/v2/x', handler('v2'))
    app.get('/v1/v2/after', handler('after'))
    expect(await statusOf('/v1/x')).toBe(403)
    expect(await statusOf('/v1/after')).toBe(403)
    expect(decided).toEqual(['GET /v2/x', 'GET /v1/v2/after'])
  })

  it('knows the mount of a handler of errors that sends the request on', async () => {
    const router = express.Router()
    router.get('/x', handler('x'))
    const fail: RequestHandler = (_request, _response, next) => next(new Error('lost'))
    const recover: ErrorRequestHandler = (_error, request, response, next) => router(request, response, () => next())
    app.use('/e', fail, recover)
    app.get('/e/after', handler('after'))
    expect(await statusOf('/e/x')).toBe(403)
    expect(await statusOf('/e/after')).toBe(403)
    expect(decided).toEqual(['GET /e/x', 'GET /e/after'])
  })

  it('does not remember that a route had nothing for a request', async () => {
    const port = await listen()
    const route = app.route('/things').post(handler('post'))
    expect((await sendRaw(port, 'HEAD', '/things')).status).toBe(404)
    const { methods, stack } = route as unknown as { methods: Record<string, boolean>; stack: unknown[] }
    stack.length = 0
    delete methods['post']
    route.get(handler('get'))
    expect((await sendRaw(port, 'HEAD', '/things')).status).toBe(403)
    expect(handled).toEqual([])
  })
})
