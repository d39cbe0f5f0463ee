/** What is particular to Nest: middleware that it registers like routes, guards, versions that are no part of the path. */
import 'reflect-metadata'
import * as common from '@nestjs/common'
import type { Server } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Stepgate } from '../src/index.ts'
import { protectNest } from '../src/nest.ts'
import { createTestStepgate } from '../src/testing.ts'
import { createNest } from './adapters/nest-application.ts'
import { portOf } from './adapters/service-kind.ts'
import { TestControlPlane } from './control-plane.ts'
import { bearer, connect, endpoint, flush, sendRaw, type RawAnswer } from './fixtures.ts'

const handled: string[] = []

class Things {
  read(): string {
    handled.push('read')
    return 'read'
  }

  readNext(): string {
    handled.push('readNext')
    return 'readNext'
  }
}
common.Controller('things')(Things)
const VERSIONS = { read: '1', readNext: '2' }
for (const [name, version] of Object.entries(VERSIONS)) {
  const descriptor = Object.getOwnPropertyDescriptor(Things.prototype, name) ?? {}
  common.Get(':id')(Things.prototype, name, descriptor)
  common.Version(version)(Things.prototype, name, descriptor)
}

const record =
  (name: string) =>
  (_request: unknown, _response: unknown, next: () => void): void => {
    handled.push(name)
    next()
  }

class AppModule implements common.NestModule {
  configure(consumer: common.MiddlewareConsumer): void {
    consumer.apply(record('every')).forRoutes({ path: '*all', method: common.RequestMethod.ALL })
    consumer.apply(record('get')).forRoutes({ path: 'things/:id', method: common.RequestMethod.GET })
    consumer.apply(record('controller')).forRoutes(Things)
  }
}
common.Module({ controllers: [Things] })(AppModule)

const recordingGuard: common.CanActivate = {
  canActivate: () => {
    handled.push('guard')
    return true
  },
}

const VERSIONING = { type: common.VersioningType.HEADER, header: 'version' } as const

const create = (platform: string): Promise<common.INestApplication> => createNest(platform, AppModule)

const TOO_LATE = expect.objectContaining({
  name: 'StepgateUsageError',
  code: 'registered-too-late',
  message: expect.stringMatching(/^Stepgate: await protectNest right after NestFactory\.create\(\)/) as unknown,
}) as Error

describe.each(['Express', 'Fastify'])('Nest on %s', (platform) => {
  const plane = new TestControlPlane([endpoint('GET /api/things/:id', 'enforce')])
  let stepgate: Stepgate
  let app: common.INestApplication
  let denials: string[] = []

  beforeAll(async () => {
    await plane.start()
    plane.publish({ undeclaredMode: 'enforce' })
  })

  afterAll(() => plane.kill())

  beforeEach(async () => {
    stepgate = connect(plane)
    denials = []
    stepgate.on('decision-denied', ({ method, route }) => denials.push(`${method} ${route}`))
    app = await create(platform)
    await protectNest(app, stepgate)
    app.setGlobalPrefix('api')
    app.enableVersioning(VERSIONING)
    app.useGlobalGuards(recordingGuard)
    await app.listen(0, '127.0.0.1')
    await stepgate.started
    handled.length = 0
  })

  afterEach(async () => {
    await app.close()
    await stepgate.close()
  })

  const send = (target: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> =>
    sendRaw(portOf(app.getHttpServer() as Server), 'GET', target, headers)

  it('decides before its guards run', async () => {
    expect((await send('/api/things/1', { version: '1' })).status).toBe(401)
    expect(handled).not.toContain('guard')
    expect(denials).toEqual(['GET /api/things/:id'])
    expect((await send('/api/things/1', { version: '1', ...bearer(plane.issueToken()) })).status).toBe(200)
    expect(handled.slice(-2)).toEqual(['guard', 'read'])
  })

  it('takes no middleware for a route, nor what answers 404 below the prefix', async () => {
    expect((await send('/api/nowhere')).status).toBe(404)
    expect(handled).toContain('every')
    expect(denials).toEqual([])
    const inventory = plane.inventories.at(-1)?.endpoints.map(({ route }) => route) ?? []
    expect(inventory.filter((route) => route.includes('*'))).toEqual([])
  })

  it('decides and counts a request once, whichever version answers it', async () => {
    const caller = `counted-${platform}`
    const token = bearer(plane.issueToken({ client_id: caller }))
    expect((await send('/api/things/1', { ...token, version: '2' })).body).toBe('readNext')
    await flush(stepgate)
    expect(plane.signatures.filter((signature) => signature.caller === caller)).toEqual([
      expect.objectContaining({ route: '/api/things/:id', outcome: 'allowed', count: 1 }),
    ])
  })
})

describe.each(['Express', 'Fastify'])('protectNest on %s', (platform) => {
  let app: common.INestApplication

  beforeEach(async () => {
    app = await create(platform)
    app.enableVersioning(VERSIONING)
  })

  afterEach(() => app.close())

  it.each<readonly [when: string, begin: () => Promise<unknown>]>([
    ['app.init()', () => app.init()],
    ['app.listen()', () => app.listen(0, '127.0.0.1')],
  ])('says when to call it after %s', async (_when, begin) => {
    await begin()
    await expect(protectNest(app, createTestStepgate())).rejects.toThrow(TOO_LATE)
  })
})

it('says when to call it where Fastify has routes of its own already', async () => {
  const app = await create('Fastify')
  app.getHttpAdapter().get('/early', () => 'early')
  await expect(protectNest(app, createTestStepgate())).rejects.toThrow(TOO_LATE)
  await app.close()
})

it('says so when it does not know the platform', async () => {
  const app = { getHttpAdapter: () => ({ getType: () => 'other', getInstance: () => null }) }
  const plane = await new TestControlPlane().start()
  const stepgate = connect(plane)
  await expect(protectNest(app, stepgate)).rejects.toThrow('not on "other"')
  await stepgate.close()
  await plane.kill()
})
