/** A probe needs no token: what the README mounts for it is not guarded, on frameworks where every route is. */
import 'reflect-metadata'
import * as common from '@nestjs/common'
import { Hono } from 'hono'
import Koa from 'koa'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { protectHono } from '../src/hono.ts'
import { protectKoa } from '../src/koa.ts'
import { protectNest } from '../src/nest.ts'
import { createTestStepgate } from '../src/testing.ts'
import { createNest } from './adapters/nest-application.ts'
import { sendRaw } from './fixtures.ts'

const stepgateOf = () => createTestStepgate({ undeclaredMode: 'enforce' })

it('answers in Koa', async () => {
  const stepgate = stepgateOf()
  const app = new Koa()
  protectKoa(app, stepgate)
  app.use(async (ctx, next) => {
    if (ctx.path !== '/readyz') await next()
    else Object.assign(ctx, { status: stepgate.ready() ? 200 : 503, body: stepgate.status().state })
  })
  const answer = app.callback()
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  expect(await sendRaw(port, 'GET', '/readyz')).toMatchObject({ status: 200, body: 'fresh' })
  expect((await sendRaw(port, 'GET', '/other')).status).toBe(404)
  server.close()
})

it('answers in Hono', async () => {
  const stepgate = stepgateOf()
  const app = new Hono()
  protectHono(app, stepgate)
  app.use('/readyz', async (c) => c.text(stepgate.status().state, stepgate.ready() ? 200 : 503))
  app.get('/orders', (c) => c.text('orders'))
  const answer = await app.request('/readyz')
  expect([answer.status, await answer.text()]).toEqual([200, 'fresh'])
  expect((await app.request('/orders')).status).toBe(403)
})

class AppModule {
  readonly isModule = true
}
common.Module({})(AppModule)

it.each(['Express', 'Fastify'])('answers in Nest on %s', async (platform) => {
  const stepgate = stepgateOf()
  const app = await createNest(platform, AppModule)
  await protectNest(app, stepgate)
  app.setGlobalPrefix('api')
  app.use('/readyz', (_request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = stepgate.ready() ? 200 : 503
    response.end(stepgate.status().state)
  })
  await app.listen(0, '127.0.0.1')
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo // it listens on a port
  expect(await sendRaw(port, 'GET', '/readyz')).toMatchObject({ status: 200, body: 'fresh' })
  expect(stepgate.decisions).toEqual([])
  await app.close()
})
