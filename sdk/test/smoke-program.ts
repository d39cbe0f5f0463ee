/** Run by the package test against the packed package, on each Node it supports. */
import Router from '@koa/router'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'
import { stepgateFastify } from '@stepgate/node/fastify'
import { protectHono } from '@stepgate/node/hono'
import { protectKoa } from '@stepgate/node/koa'
import { protectRoute } from '@stepgate/node/next'
import { guard } from '@stepgate/node/node-http'
import { CLIENT_ID, CLIENT_SECRET, TestControlPlane } from './control-plane.ts'
import { endpoint } from './fixtures.ts'
import { makeSigningKey, signToken } from './signing.ts'

const algorithms = ['EdDSA', 'ES256', 'RS256'] as const
const keys = algorithms.map((alg) => makeSigningKey(alg, alg))
const condition = { kind: 'condition', expression: 'token.sub == "billing" && token.scope.contains("orders")' } as const
const plane = await new TestControlPlane([
  endpoint('GET /orders/:orderId', 'enforce', { access: 'token', requirements: [condition] }),
]).start()
plane.publish({
  issuers: plane.snapshot.issuers.map((issuer) => ({ ...issuer, keys: keys.map(({ publicJwk }) => publicJwk) })),
})

const stepgate = createStepgate({
  url: plane.url,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  configKey: plane.configKey.pin,
  logDecisions: 'none',
})
await stepgate.started

const app = express()
protectExpress(app, stepgate)
app.get('/orders/:orderId', (request, response) => {
  response.json(request.stepgate)
})
const web = fastify()
await web.register(stepgateFastify, { stepgate })
web.get('/orders/:orderId', (request) => request.stepgate)
const plain = guard(stepgate, 'GET', '/orders/:orderId', (request, response) =>
  response.end(JSON.stringify(request.stepgate)),
)

const koa = new Koa()
protectKoa(koa, stepgate)
const router = new Router()
router.get('/orders/:orderId', (context) => {
  context.body = context.state.stepgate
})
koa.use(router.routes() as Koa.Middleware) // the router's context is Koa's and more
const hono = new Hono()
protectHono(hono, stepgate)
hono.get('/orders/:orderId', (context) => context.json(context.get('stepgate')))
const { GET } = protectRoute(stepgate, '/orders/[orderId]', {
  GET: (_request, context) => Response.json(context.stepgate),
})

/** A host for handlers of the web. */
const hostOf =
  (answer: (request: Request) => Response | Promise<Response>): RequestListener =>
  async (request, response) => {
    const { authorization = '' } = request.headers
    const { status, headers, body } = await answer(
      new Request(`http://test${request.url ?? ''}`, { headers: { authorization } }),
    )
    response.writeHead(status, Object.fromEntries(headers)).end(await new Response(body).text())
  }

const params = Promise.resolve({ orderId: '42' })
const listeners: RequestListener[] = [
  app,
  plain,
  koa.callback(),
  hostOf((request) => hono.fetch(request)),
  hostOf((request) => GET(request, { params })),
]
const servers = listeners.map((listener) => createServer(listener))
await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
await web.listen({ port: 0, host: '127.0.0.1' })

const now = Math.floor(Date.now() / 1000)
for (const server of [...servers, web.server]) {
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/orders/42`
  const statusWith = async (token?: string): Promise<number> =>
    (await fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status
  for (const key of keys) {
    const token = signToken(key, {
      iss: plane.issuer,
      sub: 'billing',
      client_id: 'billing',
      aud: CLIENT_ID,
      iat: now,
      exp: now + 60,
      scope: 'orders:read',
    })
    if (
      (await statusWith(token)) !== 200 ||
      (await statusWith(token)) !== 200 ||
      (await statusWith(`${token.slice(0, -4)}AAAA`)) !== 401
    )
      throw new Error(`${key.alg} is judged wrongly`)
  }
  if ((await statusWith()) !== 401) throw new Error('a request without a token was let through')
}
await stepgate.close()
const stored = plane.signatures.reduce((sum, { count }) => sum + count, 0)
const expected = 10 * (servers.length + 1)
if (stored !== expected || stepgate.status().stored !== expected)
  throw new Error(`${String(stored)} decisions were stored instead of ${String(expected)}`)
console.log(`all well on ${process.version}`)
process.exit(0)
