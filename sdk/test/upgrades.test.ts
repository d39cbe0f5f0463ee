/** WebSockets: whoever may not pass is refused over the raw connection, before there is a WebSocket. */
import websocket from '@fastify/websocket'
import { serve, upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server'
import fastify from 'fastify'
import { Hono } from 'hono'
import { createServer, type Server } from 'node:http'
import { createConnection } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { stepgateFastify } from '../src/fastify.ts'
import { protectHono } from '../src/hono.ts'
import type { Stepgate } from '../src/index.ts'
import { guardUpgrade } from '../src/node-http.ts'
import { portOf } from './adapters/service-kind.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, sendRaw } from './fixtures.ts'

interface UpgradingService {
  readonly port: number
  close(): Promise<unknown>
}

interface UpgradingKind {
  readonly name: string
  start(stepgate: Stepgate, greet: () => string): Promise<UpgradingService>
}

const closeServer = (server: Server): Promise<unknown> => {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  return closed
}

const onNode: UpgradingKind = {
  name: 'node:http, which Express, Koa and Nest on Express leave upgrades to',
  start: async (stepgate, greet) => {
    const sockets = new WebSocketServer({ noServer: true })
    const server = createServer()
    const listener = guardUpgrade(stepgate, '/chat/:room', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (open) => open.send(greet())),
    )
    server.on('upgrade', listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: portOf(server), close: () => closeServer(server) }
  },
}

const onFastify: UpgradingKind = {
  name: 'Fastify with @fastify/websocket',
  start: async (stepgate, greet) => {
    const app = fastify()
    await app.register(stepgateFastify, { stepgate })
    await app.register(websocket)
    app.get('/chat/:room', { websocket: true }, (socket) => socket.send(greet()))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: portOf(app.server), close: () => app.close() }
  },
}

const onHono: UpgradingKind = {
  name: 'Hono on @hono/node-server',
  start: async (stepgate, greet) => {
    const app = new Hono()
    protectHono(app, stepgate)
    const upgrade = upgradeWebSocket(() => ({ onOpen: (_event, socket) => socket.send(greet()) }))
    app.get('/chat/:room', upgrade)
    // The types of `ws` and those of the host differ in what an event carries.
    const sockets = new WebSocketServer({ noServer: true }) as unknown as WebSocketServerLike
    const options = { fetch: app.fetch, port: 0, hostname: '127.0.0.1', websocket: { server: sockets } }
    const server = serve(options) as Server // of HTTP/1.1 by default
    await new Promise((resolve) => server.once('listening', resolve))
    return { port: portOf(server), close: () => closeServer(server) }
  },
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
}

describe.each([onNode, onFastify, onHono])('an upgrade on $name', (kind) => {
  const plane = new TestControlPlane([endpoint('GET /chat/:room', 'enforce')])
  let stepgate: Stepgate
  let service: UpgradingService
  let greetings = 0

  beforeAll(async () => {
    await plane.start()
  })

  afterAll(() => plane.kill())

  beforeEach(async () => {
    greetings = 0
    stepgate = connect(plane)
    await stepgate.started
    service = await kind.start(stepgate, () => `hello ${String(++greetings)}`)
  })

  afterEach(async () => {
    await service.close()
    await stepgate.close()
  })

  it('is refused with 401 over the connection, which ends', async () => {
    const answer = await sendRaw(service.port, 'GET', '/chat/a', UPGRADE)
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(greetings).toBe(0)
  })

  it('is refused with 403 without the scope', async () => {
    const headers = { ...UPGRADE, ...bearer(plane.issueToken({ scope: 'other:read' })) }
    expect((await sendRaw(service.port, 'GET', '/chat/a', headers)).status).toBe(403)
    expect(greetings).toBe(0)
  })

  it('is made with a sufficient token', async () => {
    const url = `ws://127.0.0.1:${String(service.port)}/chat/a`
    const socket = new WebSocket(url, { headers: bearer(plane.issueToken()) })
    const greeting = await new Promise<string>((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve(data.toString()))
      socket.on('error', reject)
    })
    expect(greeting).toBe('hello 1')
    socket.terminate()
  })

  it('harms nothing when the caller is gone before the answer', async () => {
    const lines = ['GET /chat/a HTTP/1.1', 'host: test', ...Object.entries(UPGRADE).map((pair) => pair.join(': '))]
    await new Promise<void>((resolve) => {
      const socket = createConnection({ port: service.port, host: '127.0.0.1' }, () => {
        socket.write(`${lines.join('\r\n')}\r\n\r\n`, () => socket.resetAndDestroy())
      })
      socket.on('close', () => resolve())
    })
    expect((await sendRaw(service.port, 'GET', '/chat/a', UPGRADE)).status).toBe(401)
  })
})
