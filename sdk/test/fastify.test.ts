/** What is particular to Fastify. */
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stepgateFastify } from '../src/fastify.ts'
import type { Stepgate } from '../src/index.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint } from './fixtures.ts'
import { waitFor } from './wait-for.ts'

let plane: TestControlPlane
let stepgate: Stepgate
let app: FastifyInstance

beforeEach(async () => {
  plane = await new TestControlPlane([endpoint('GET /things', 'enforce'), endpoint('PUT /things', 'enforce')]).start()
  stepgate = connect(plane)
  app = fastify()
  await app.register(stepgateFastify, { stepgate })
  await stepgate.started
})

afterEach(async () => {
  await app.close()
  await stepgate.close()
  await plane.kill()
})

it('refuses before the body is read', async () => {
  app.addContentTypeParser('application/json', () => {
    throw new Error('read')
  })
  app.put('/things', () => 'put')
  const answer = await app.inject({ method: 'PUT', url: '/things', payload: { a: 1 } })
  expect(answer.statusCode).toBe(401)
  expect(answer.headers['content-type']).toBe('application/problem+json')
})

it('runs after hooks of the application and before those of the route', async () => {
  const order: string[] = []
  app.addHook('onRequest', (request, _reply, done) => {
    order.push(`application ${JSON.stringify(request.stepgate)}`)
    done()
  })
  app.get(
    '/things',
    { onRequest: [(request, _reply, done) => (order.push(`route ${request.stepgate?.caller ?? ''}`), done())] },
    () => 'things',
  )
  expect((await app.inject({ url: '/things', headers: bearer(plane.issueToken()) })).body).toBe('things')
  expect(order).toEqual(['application null', 'route billing'])
})

it('decides each method of one route by its own endpoint', async () => {
  app.route({ method: ['GET', 'POST', 'PUT'], url: '/things', handler: () => 'things' })
  expect((await app.inject({ method: 'GET', url: '/things' })).statusCode).toBe(401)
  expect((await app.inject({ method: 'HEAD', url: '/things' })).statusCode).toBe(401)
  expect((await app.inject({ method: 'PUT', url: '/things' })).statusCode).toBe(401)
  expect((await app.inject({ method: 'POST', url: '/things' })).statusCode).toBe(200)
  await waitFor('the inventory', () => plane.inventories.at(-1)?.endpoints.length === 3)
})

it('guards children that were encapsulated, with their prefix', async () => {
  plane.publish({ undeclaredMode: 'enforce' })
  await waitFor('the configuration', () => stepgate.status().revision === plane.snapshot.revision)
  await app.register(
    async (child) => {
      await child.register(async (grandchild) => void grandchild.get('/:id', () => 'x'), { prefix: '/inner/' })
    },
    { prefix: '/outer' },
  )
  expect((await app.inject({ url: '/outer/inner/7' })).statusCode).toBe(403)
  await waitFor(
    'the inventory',
    () => plane.inventories.at(-1)?.endpoints.some(({ route }) => route === '/outer/inner/:id') ?? false,
  )
})

it('lets hooks that answer set their headers on the refusal', async () => {
  app.addHook('onSend', async (_request, reply) => void reply.header('access-control-allow-origin', '*'))
  app.get('/things', () => 'things')
  expect((await app.inject({ url: '/things' })).headers['access-control-allow-origin']).toBe('*')
})

it('follows options that change the matching', async () => {
  const loose = fastify({
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false },
  })
  await loose.register(stepgateFastify, { stepgate })
  loose.get('/things', () => 'things')
  for (const url of ['/things', '/things/', '//things', '/THINGS', '/thing%73'])
    expect((await loose.inject({ url })).statusCode).toBe(401)
  await loose.close()
})

it('says so when routes are there before it', async () => {
  const late = fastify()
  late.get('/early', () => 'early')
  await expect(late.register(stepgateFastify, { stepgate })).rejects.toThrow(
    expect.objectContaining({ code: 'registered-too-late', message: expect.stringContaining('await') as unknown }),
  )
})

it('stands before what a later hook on routes puts in the place of the others', async () => {
  const order: string[] = []
  app.addHook('onRoute', (options) => {
    options.onRequest = (request, _reply, done) => (order.push(`own ${request.stepgate?.caller ?? ''}`), done())
  })
  app.addHook('onRoute', ({ onRequest }) => {
    if (Array.isArray(onRequest)) onRequest.push((_request, _reply, done) => (order.push('last'), done()))
  })
  app.get('/things', () => 'things')
  expect((await app.inject({ url: '/things' })).statusCode).toBe(401)
  expect((await app.inject({ url: '/things', headers: bearer(plane.issueToken()) })).body).toBe('things')
  expect(order).toEqual(['own billing', 'last'])
})

it('runs once where a later hook keeps what is there', async () => {
  app.addHook('onRoute', (options) => {
    const { onRequest = [] } = options
    options.onRequest = [(_request, _reply, done) => done(), ...(Array.isArray(onRequest) ? onRequest : [onRequest])]
  })
  app.get('/things', () => 'things')
  expect((await app.inject({ url: '/things', headers: bearer(plane.issueToken()) })).body).toBe('things')
  await stepgate.close()
  expect(stepgate.status().decisions).toEqual([expect.objectContaining({ outcome: 'allowed', count: 1 })])
})

it('guards what is added to a child that was made before it', async () => {
  const other = fastify()
  const children: FastifyInstance[] = []
  await other.register(async (child) => {
    children.push(child)
    await child.register(async (grandchild) => void children.push(grandchild), { prefix: '/inner' })
  })
  await other.register(stepgateFastify, { stepgate })
  for (const child of children) child.get('/things', (request) => request.stepgate)
  plane.publish({ undeclaredMode: 'enforce' })
  await waitFor('the configuration', () => stepgate.status().revision === plane.snapshot.revision)
  for (const [url, refused] of [
    ['/things', 401],
    ['/inner/things', 403],
  ] as const)
    expect((await other.inject({ url })).statusCode).toBe(refused)
  await other.close()
})
