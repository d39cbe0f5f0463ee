/** What is handed over in the wrong place, or not at all, is told at the start and by a code. */
import Router from '@koa/router'
import express from 'express'
import express4 from 'express-4'
import fastify, { type FastifyPluginAsync } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { StepgateUsageErrorCode } from '../src/errors.ts'
import { protectExpress } from '../src/express.ts'
import { stepgateFastify } from '../src/fastify.ts'
import { protectHono } from '../src/hono.ts'
import { protectKoa } from '../src/koa.ts'
import { protectNest } from '../src/nest.ts'
import { protectRoute } from '../src/next.ts'
import { guard, guardUpgrade } from '../src/node-http.ts'
import { createTestStepgate } from '../src/testing.ts'

const stepgate = createTestStepgate()
const handler = (): undefined => undefined
const nestOn = (platform: string, instance: unknown): object => ({
  getHttpAdapter: () => ({
    getType: () => platform,
    getInstance: () => instance,
    createMiddlewareFactory: handler,
    setNotFoundHandler: handler,
  }),
})

/** As somebody without types calls it. */
const untyped = (call: unknown) => call as (...parameters: readonly unknown[]) => unknown
const registerFastify = async (...options: readonly unknown[]): Promise<void> => {
  const app = fastify()
  await untyped(app.register.bind(app))(stepgateFastify, ...options)
}
const told = (code: StepgateUsageErrorCode): unknown =>
  expect.objectContaining({
    name: 'StepgateUsageError',
    code,
    message: expect.stringMatching(/^Stepgate: /) as unknown,
  })
/** Whether it throws or rejects. */
const attempt = async (call: () => unknown): Promise<void> => {
  await call()
}

const CALLS: readonly (readonly [name: string, protect: unknown, application: () => unknown])[] = [
  ['protectExpress with Express 5', protectExpress, express],
  ['protectExpress with Express 4', protectExpress, express4],
  ['protectKoa', protectKoa, () => new Koa()],
  ['protectHono', protectHono, () => new Hono()],
  ['protectNest on Express', protectNest, () => nestOn('express', express())],
  ['protectNest on Fastify', protectNest, () => nestOn('fastify', fastify())],
]

describe.each(CALLS)('%s', (_name, protect, application) => {
  it.each([[[]], [[null]], [[{}]], [['stepgate']]])('needs a stepgate, not %j', async (rest) => {
    await expect(attempt(() => untyped(protect)(application(), ...rest))).rejects.toThrow(told('not-a-stepgate'))
  })

  it.each([undefined, null, {}, 'app', stepgate])('needs an application, not %o', async (app) => {
    await expect(attempt(() => untyped(protect)(app, stepgate))).rejects.toThrow(told('not-an-application'))
  })

  it('protects an application once', async () => {
    const app = application()
    await untyped(protect)(app, stepgate)
    await expect(attempt(() => untyped(protect)(app, stepgate))).rejects.toThrow(told('already-protected'))
  })
})

it.each([
  ['a router of Express 5', protectExpress, express.Router()],
  ['a router of Express 4', protectExpress, express4.Router()],
  ['a router of Koa', protectKoa, new Router()],
])('takes no %s for an application', (_name, protect, router) => {
  expect(() => untyped(protect)(router, stepgate)).toThrow(told('not-an-application'))
})

describe('stepgateFastify', () => {
  it.each([
    ['nothing', []],
    ['no options', [{}]],
    ['the stepgate as its options', [stepgate]],
  ])('needs a stepgate, not %s', async (_name, options) => {
    await expect(registerFastify(...options)).rejects.toThrow(told('not-a-stepgate'))
  })

  it('is registered once', async () => {
    const app = fastify()
    await app.register(stepgateFastify, { stepgate })
    await expect(attempt(() => app.register(stepgateFastify, { stepgate }))).rejects.toThrow(told('already-protected'))
  })

  it('is registered once, though there are routes and a child registers it', async () => {
    const app = fastify()
    await app.register(stepgateFastify, { stepgate })
    app.get('/things', () => 'things')
    const child: FastifyPluginAsync = async (scope) => {
      await scope.register(stepgateFastify, { stepgate })
    }
    await expect(attempt(() => app.register(child))).rejects.toThrow(told('already-protected'))
  })
})

describe.each([
  ['guard', (...parts: readonly unknown[]) => untyped(guard)(...parts)],
  [
    'protectRoute',
    (first: unknown, method: string, path: unknown, last: unknown) =>
      untyped(protectRoute)(first, path, { [method]: last }),
  ],
])('%s', (_name, protect) => {
  it.each([undefined, null, {}, 'GET'])('needs a stepgate, not %j', (first) => {
    expect(() => protect(first, 'GET', '/orders', handler)).toThrow(told('not-a-stepgate'))
  })

  it.each([
    ['FETCH', '/orders', handler],
    ['/orders', 'GET', handler],
    ['', '/orders', handler],
    ['GET', 'orders', handler],
    ['GET', '', handler],
    ['GET', undefined, handler],
    ['GET', '/orders', undefined],
    ['GET', '/orders', { handler }],
  ])('needs an endpoint, not %s %s %o', (method, path, last) => {
    expect(() => protect(stepgate, method, path, last)).toThrow(told('endpoint-unusable'))
  })

  it('takes every method that there is', () => {
    for (const method of ['GET', 'DELETE', 'QUERY']) expect(() => protect(stepgate, method, '/', handler)).not.toThrow()
  })
})

it('needs a template and a listener for upgrades, and handlers for a route', () => {
  expect(() => untyped(guardUpgrade)(stepgate, 'chat', handler)).toThrow(told('endpoint-unusable'))
  expect(() => untyped(guardUpgrade)(stepgate, '/chat')).toThrow(told('endpoint-unusable'))
  expect(() => untyped(guardUpgrade)(stepgate, '/chat', handler, { params: {} })).toThrow(told('endpoint-unusable'))
  expect(() => untyped(protectRoute)(stepgate, '/orders')).toThrow(told('endpoint-unusable'))
  expect(() => untyped(protectRoute)(stepgate, '/orders', {})).toThrow(told('endpoint-unusable'))
})

it('leaves no decision of another endpoint on a request', () => {
  const own = createTestStepgate({ endpoints: [{ method: 'GET', route: '/off', mode: 'off' }] })
  const seen: unknown[] = []
  const answer = guard(own, 'GET', '/off', (request) => seen.push(request.stepgate))
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { stepgate: { outcome: 'allowed' } })
  answer(request, new ServerResponse(request))
  expect(seen).toEqual([undefined])
})
