import 'reflect-metadata'
import * as common from '@nestjs/common'
import methodOverride from 'method-override'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import type { StepgateDecision } from '../../src/index.ts'
import { protectNest } from '../../src/nest.ts'
import { createNest } from './nest-application.ts'
import {
  ALLOWED_ORIGIN,
  Behaviour,
  byMount,
  OVERRIDE_HEADER,
  portOf,
  type ServiceKind,
  type ServiceRoute,
} from './service-kind.ts'

interface NestVariant {
  readonly platform: 'Express' | 'Fastify'
  readonly options: string
  readonly prefix?: string
  readonly version?: string
}

interface Decided {
  readonly stepgate?: StepgateDecision | null
}

const METHODS = { GET: common.Get, POST: common.Post, DELETE: common.Delete, ALL: common.All } as const

/** Decorators are functions: what the compiler would make of them is called here. */
function addHandler(controller: new () => object, name: string, behaviour: Behaviour, route: ServiceRoute): void {
  const prototype = controller.prototype as Record<string, unknown> // a class has one
  prototype[name] = (request: Decided): unknown => {
    const answer = behaviour.run(route, request.stepgate)
    return route.answer === 'stream' ? new common.StreamableFile(Readable.from(behaviour.stream())) : answer
  }
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) ?? {}
  METHODS[route.method as keyof typeof METHODS](route.path)(prototype, name, descriptor)
  common.HttpCode(200)(prototype, name, descriptor)
  common.Req()(prototype, name, 0)
}

/** Nest asks for classes, and tells them apart. */
class Part {
  readonly isPart = true
}

function makeController(
  path: string,
  version: string | undefined,
  behaviour: Behaviour,
  routes: readonly ServiceRoute[],
) {
  const controller = class extends Part {}
  routes.forEach((route, index) => addHandler(controller, `handler${String(index)}`, behaviour, route))
  common.Controller(version === undefined ? { path } : { path, version })(controller)
  return controller
}

function makeModule(version: string | undefined, behaviour: Behaviour, routes: readonly ServiceRoute[]) {
  const AppModule = class extends Part {}
  const controllers = [...byMount(routes)].map(([mount, mounted]) => makeController(mount, version, behaviour, mounted))
  common.Module({ controllers })(AppModule)
  return AppModule
}

const FASTIFY_CANNOT = { override: 'Fastify matches before any of its hooks' }

const nestKind = ({ platform, options, prefix = '', version }: NestVariant): ServiceKind => ({
  name: `Nest 12 on ${platform}${options === '' ? '' : ` with ${options}`}`,
  framework: `nest on ${platform.toLowerCase()}`,
  prefix: version === undefined ? prefix : `${prefix}/v${version}`,
  cannot: {
    ...(platform === 'Fastify' ? FASTIFY_CANNOT : {}),
  },
  start: async (stepgate, routes) => {
    const behaviour = new Behaviour()
    const module = makeModule(version, behaviour, routes)
    const app = await createNest(platform, module)
    await protectNest(app, stepgate)
    app.enableCors({ origin: ALLOWED_ORIGIN })
    if (platform === 'Express') app.use(methodOverride(OVERRIDE_HEADER))
    if (prefix !== '') app.setGlobalPrefix(prefix)
    if (version !== undefined) app.enableVersioning({ type: common.VersioningType.URI })
    await app.listen(0, '127.0.0.1')
    return { port: portOf(app.getHttpServer() as Server), behaviour, close: () => app.close() }
  },
})

export const NEST_KINDS: readonly ServiceKind[] = (['Express', 'Fastify'] as const).flatMap((platform) => [
  nestKind({ platform, options: '' }),
  nestKind({ platform, options: 'a global prefix', prefix: '/api' }),
  nestKind({ platform, options: 'versions in the path', version: '1' }),
  nestKind({ platform, options: 'a global prefix and versions in the path', prefix: '/api', version: '1' }),
])
