import type { Engine } from '../../guard/engine.ts'
import { toMethod } from '../../guard/http-method.ts'
import type { Route } from '../../guard/route-table.ts'
import { ALL_METHODS } from '../every-method.ts'
import type { HonoContext, HonoEntry, HonoHandler } from './hono-internals.ts'
import { honoRequestReader } from './hono-request-reader.ts'

/** How an entry came to the router. Hono does not tell `use` from `all` in an application that was filled elsewhere. */
export type Origin = 'route' | 'middleware' | 'nested'

/** Method of what is for all of them. */
export const ALL = 'ALL'

/** The handler as it was written. */
const innermost = (handler: HonoHandler): HonoHandler =>
  handler.__COMPOSED_HANDLER === undefined ? handler : innermost(handler.__COMPOSED_HANDLER)

/** Hono itself takes handlers with a second parameter, `next`, for middleware when it lists routes. */
const looksLikeMiddleware = (handler: HonoHandler): boolean => innermost(handler).length > 1

const NOT_COPIED: ReadonlySet<PropertyKey> = new Set(['prototype', 'arguments', 'caller'])

/** Others look at what they put on a handler, and at its name and length. */
function dressLike(guarded: HonoHandler, handler: HonoHandler): HonoHandler {
  for (const key of Reflect.ownKeys(handler)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(handler, key)
    if (descriptor !== undefined && !NOT_COPIED.has(key)) Object.defineProperty(guarded, key, descriptor)
  }
  return guarded
}

/** Puts the guard around the handlers of one application as they come to its router. */
export class HonoGuard {
  readonly #engine: Engine
  /** Lines of the route list that are routes for certain. */
  readonly #certain = new WeakSet<object>()
  /** Route that was decided last for a request. */
  readonly #decided = new WeakMap<HonoContext, Route>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  guard(origin: Origin, method: string, path: string, [handler, line]: HonoEntry): HonoEntry {
    if (origin === 'middleware') return [handler, line]
    const isDoubtful = origin === 'nested' && method === ALL && looksLikeMiddleware(handler)
    const guarded = dressLike(
      isDoubtful ? this.#guardDoubtful(path, handler) : this.#guardRoute(method, path, handler),
      handler,
    )
    if (!isDoubtful) this.#certain.add(line)
    // An application that takes this one in takes its handlers from the list.
    line.handler = guarded
    return [guarded, line]
  }

  #guardRoute(method: string, path: string, handler: HonoHandler): HonoHandler {
    if (method === ALL) {
      for (const each of ALL_METHODS) this.#engine.routes.register(each, path)
      return this.#guardAll(path, handler)
    }
    const route = this.#engine.routes.register(method, path)
    return (context, next) => this.#decide(route, context) ?? handler(context, next)
  }

  #guardAll(path: string, handler: HonoHandler): HonoHandler {
    const routes = new Map<string, Route>()
    return (context, next) => {
      const method = toMethod(context.req.method)
      const route = routes.get(method) ?? this.#engine.routes.register(method, path)
      routes.set(method, route)
      return this.#decide(route, context) ?? handler(context, next)
    }
  }

  /** Something for all methods that takes `next`: a middleware if a route follows it, otherwise what answers the request. */
  #guardDoubtful(path: string, handler: HonoHandler): HonoHandler {
    const guarded = this.#guardAll(path, handler)
    return (context, next) => (this.#isBeforeRoute(context) ? handler : guarded)(context, next)
  }

  #isBeforeRoute({ req }: HonoContext): boolean {
    return req.matchedRoutes?.slice(req.routeIndex + 1).some((line) => this.#certain.has(line)) ?? false
  }

  /** The answer to a request that may not pass. A route of several handlers is decided once. */
  #decide(route: Route, context: HonoContext): Response | undefined {
    if (this.#decided.get(context) === route) return undefined
    const answer = this.#engine.guard.check(route, context, honoRequestReader)
    // What the context has collected before, headers of CORS for example, goes along.
    if (answer !== null && 'refused' in answer) return context.body(answer.body, answer.status, { ...answer.headers })
    this.#decided.set(context, route)
    context.set('stepgate', answer ?? undefined)
    return undefined
  }
}
