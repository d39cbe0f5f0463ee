import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { Readable } from 'node:stream'
import { stepgateFastify } from '../../src/fastify.ts'
import { ALLOWED_ORIGIN, Behaviour, portOf, type ServiceKind, type ServiceRoute } from './service-kind.ts'

interface FastifyVariant {
  readonly options: string
  readonly prefix?: string
  readonly server?: FastifyServerOptions
  readonly cannot?: ServiceKind['cannot']
}

function addRoute(app: FastifyInstance, behaviour: Behaviour, route: ServiceRoute): void {
  const method = route.method === 'ALL' ? app.supportedMethods : route.method
  app.route({
    method,
    url: route.path,
    handler: async (request, reply) => {
      const answer = behaviour.run(route, request.stepgate)
      return route.answer === 'stream' ? reply.send(Readable.from(behaviour.stream())) : answer
    },
  })
}

/** As a CORS plugin does it. */
const answerPreflights = (app: FastifyInstance): unknown =>
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('access-control-allow-origin', ALLOWED_ORIGIN)
    if (request.method === 'OPTIONS' && request.headers.origin !== undefined) void reply.code(204).send()
    else done()
  })

const fastifyKind = ({ options, prefix = '', server = {}, cannot = {} }: FastifyVariant): ServiceKind => ({
  name: options === '' ? 'Fastify 5' : `Fastify 5 with ${options}`,
  framework: 'fastify 5',
  prefix,
  cannot: { override: 'it matches before any of its hooks', ...cannot },
  start: async (stepgate, routes) => {
    const app = fastify(server)
    await app.register(stepgateFastify, { stepgate })
    const behaviour = new Behaviour()
    answerPreflights(app)
    // Otherwise a preflight of something without a route for OPTIONS runs no hooks.
    app.options('/preflights', (_request, reply) => reply.code(204).send())
    for (const route of routes) {
      await app.register(
        (scope, _options, done) => {
          addRoute(scope, behaviour, route)
          done()
        },
        { prefix: `${prefix}${route.mount ?? ''}` },
      )
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: portOf(app.server), behaviour, close: () => app.close() }
  },
})

const VARIANTS: readonly FastifyVariant[] = [
  { options: '' },
  { options: 'ignoreTrailingSlash', server: { routerOptions: { ignoreTrailingSlash: true } } },
  { options: 'ignoreDuplicateSlashes', server: { routerOptions: { ignoreDuplicateSlashes: true } } },
  { options: 'caseSensitive: false', server: { routerOptions: { caseSensitive: false } } },
  {
    options: 'exposeHeadRoutes: false',
    server: { exposeHeadRoutes: false },
    cannot: { head: 'it was told to have no routes for HEAD' },
  },
  { options: 'a prefix', prefix: '/api' },
]

export const FASTIFY_KINDS: readonly ServiceKind[] = VARIANTS.map(fastifyKind)
