/** Guards the routes of a Fastify 5 application. */
import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  RouteOptions,
  onRequestHookHandler,
} from 'fastify'
import { fastifyRequestReader } from './adapters/fastify-request-reader.ts'
import { StepgateUsageError } from './errors.ts'
import { engineOf, type Engine } from './guard/engine.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Refusal } from './guard/refusal.ts'
import type { Route } from './guard/route-table.ts'
import type { Stepgate } from './stepgate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What Stepgate decided about this request; null where the endpoint's mode is `off`. */
    stepgate: StepgateDecision | null
  }
}

export type { StepgateDecision }

/** Options of the plugin {@link stepgateFastify}. */
export interface StepgateFastifyOptions {
  /** What `createStepgate()` answered. */
  readonly stepgate: Stepgate
}

/** Fastify's way of saying that a plugin is meant for the application that registers it, not for a child of it. */
const SKIP_OVERRIDE = Symbol.for('skip-override')
const PLUGIN_METADATA = Symbol.for('plugin-meta')

/** Bytes, as Fastify adds a charset to texts, which JSON knows none of. */
function sendRefusal(reply: FastifyReply, { status, headers, body }: Refusal): FastifyReply {
  return reply.code(status).headers(headers).send(Buffer.from(body))
}

function guardRoute(engine: Engine, route: Route): onRequestHookHandler {
  return function stepgateGuard(request: FastifyRequest, reply: FastifyReply, done) {
    const answer = engine.guard.check(route, request, fastifyRequestReader)
    if (answer !== null && 'refused' in answer) {
      void sendRefusal(reply, answer)
      return
    }
    request.stepgate = answer
    done()
  }
}

const listed = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] => {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item] // Array.isArray does not narrow readonly arrays
}

/** One handler answers all methods of a route, and each of them is an endpoint of its own. */
function guardRouteOptions(engine: Engine, options: RouteOptions): void {
  const routes = new Map(
    listed(options.method).map((method) => [method.toUpperCase(), engine.routes.register(method, options.url)]),
  )
  const guards = new Map([...routes].map(([method, route]) => [method, guardRoute(engine, route)]))
  const [only] = guards.values()
  const guard: onRequestHookHandler =
    guards.size === 1 && only !== undefined
      ? only
      : function stepgateGuard(request, reply, done) {
          const guardOfMethod =
            guards.get(request.method) ?? guardRoute(engine, engine.routes.register(request.method, options.url))
          return guardOfMethod.call(this, request, reply, done)
        }
  keepFirst(options, guard)
}

/** Fastify reads them when all routes are there; a later hook on routes may have put others in their place until then. */
function keepFirst(options: RouteOptions, guard: onRequestHookHandler): void {
  let hooks = [guard, ...listed(options.onRequest)]
  Object.defineProperty(options, 'onRequest', {
    configurable: true,
    enumerable: true,
    get: () => hooks,
    set: (others: RouteOptions['onRequest']) => {
      hooks = [guard, ...listed(others).filter((other) => other !== guard)]
    },
  })
}

const EMPTY_TREE = '(empty tree)'

function requireNoRoutes(app: FastifyInstance): void {
  if (app.printRoutes().trim() !== EMPTY_TREE)
    throw new StepgateUsageError(
      'registered-too-late',
      'register stepgateFastify before the first route, and await it: routes that are there already would not be guarded',
    )
}

const childrenOf = (app: FastifyInstance): readonly FastifyInstance[] => {
  const children = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.children')
  return children === undefined ? [] : ((app as unknown as Record<symbol, readonly FastifyInstance[]>)[children] ?? [])
}

/** Children inherit what is there when they are made; those that are there already are told. */
function guardContext(app: FastifyInstance, engine: Engine): void {
  app.addHook('onRoute', (options) => guardRouteOptions(engine, options))
  for (const child of childrenOf(app)) guardContext(child, engine)
}

// Asynchronous so that Fastify hears of an error as a rejection.

const plugin: FastifyPluginAsync<StepgateFastifyOptions> = async (app, { stepgate }) => {
  const engine = engineOf(stepgate)
  if (app.hasRequestDecorator('stepgate'))
    throw new StepgateUsageError('already-protected', 'this application is protected already')
  requireNoRoutes(app)
  engine.useFramework(`fastify ${app.version}`)
  app.decorateRequest('stepgate', null)
  guardContext(app, engine)
}

/**
 * Guards every route that is registered after it, in this application and all its children: as the first `onRequest` hook of
 * the route, so after the application's own `onRequest` hooks and before the body is read. Register it first, with `await`.
 * Not-found handlers are not routes.
 *
 * @example
 * await app.register(stepgateFastify, { stepgate })
 */
export const stepgateFastify: FastifyPluginAsync<StepgateFastifyOptions> = Object.assign(plugin, {
  [SKIP_OVERRIDE]: true,
  [PLUGIN_METADATA]: { name: '@stepgate/node', fastify: '5.x' },
})
