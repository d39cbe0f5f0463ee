import type { Engine } from '../../guard/engine.ts'
import { toMethod } from '../../guard/http-method.ts'
import type { Refusal } from '../../guard/refusal.ts'
import type { RequestReader } from '../../guard/request-reader.ts'
import type { Route } from '../../guard/route-table.ts'
import { DiscoveryTimer } from '../discovery-timer.ts'
import { methodsToRegister } from '../every-method.ts'
import { httpRequestReader } from '../http-request-reader.ts'
import { toTemplate } from '../to-template.ts'
import {
  KOA_VISIT,
  type KoaContext,
  type KoaGuard,
  type KoaLayer,
  type KoaNext,
  type KoaRouter,
} from './koa-internals.ts'
import { putGuardFirst } from './layer-guard.ts'

const koaRequestReader: RequestReader<KoaContext> = {
  authorization: ({ req }) => req.headers.authorization,
  userAgent: ({ req }) => req.headers['user-agent'],
  header: ({ req }, name) => httpRequestReader.header(req, name),
  method: ({ method }) => method,
  path: ({ originalUrl }) => originalUrl.split('?', 1)[0] ?? '',
  params: ({ params }) => params ?? {},
  socket: ({ req }) => req.socket,
}

/** Headers that were set before, those of CORS for example, stay. */
function answerRefused(context: KoaContext, { status, headers, body }: Refusal): void {
  if (context.headerSent) {
    context.res.destroy()
    return
  }
  context.status = status
  context.body = body
  context.set(headers)
}

/** Anybody may put something by the name of `router` on a context. */
export const isRouter = (value: unknown): value is KoaRouter => {
  const { stack, use, register } = Object(value) as Partial<KoaRouter> // an object without these is none
  return Array.isArray(stack) && typeof use === 'function' && typeof register === 'function'
}

/** Version 13.0.0 keeps what each router has matched as a list of its own. */
type Matched = KoaLayer | readonly Matched[]

function guardRoutes(matched: readonly Matched[]): void {
  for (const item of matched) {
    if ('stack' in item) {
      if (item.methods.length > 0) putGuardFirst(item)
    } else guardRoutes(item)
  }
}

/** Stands at the layers of every router that requests of one application come through. */
export class ApplicationGuard implements KoaGuard {
  readonly engine: Engine
  readonly #routers = new Set<KoaRouter>()
  readonly #routes = new Map<string, Route>()
  readonly #discovery = new DiscoveryTimer(() => this.#discover())

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** Called when a router has matched a request and has not entered a layer yet: whatever it enters is guarded from here. */
  enter(context: KoaContext, router: unknown): void {
    context[KOA_VISIT] = { router, method: toMethod(context.method), decided: null }
    if (!isRouter(router)) return
    this.notice(router)
    guardRoutes(context.matched ?? router.stack)
  }

  /** Registers the routes of a router, and those that are added to it later. */
  notice(router: KoaRouter): void {
    if (this.#routers.has(router)) return
    this.#routers.add(router)
    this.#discovery.soon()
    for (const name of ['register', 'use'] as const) this.#noticeRoutes(router, name)
  }

  decide(context: KoaContext, next: KoaNext): unknown {
    const visit = context[KOA_VISIT]
    const { routerPath } = context
    const path = typeof routerPath === 'string' ? routerPath : toTemplate(routerPath)
    const method = visit?.method ?? toMethod(context.method)
    const name = `${method} ${path}`
    // A route may be there twice, for a middleware of its own: it is decided and counted once.
    if (visit?.decided === name) return next()
    const answer = this.engine.guard.check(this.#routeOf(name, method, path), context, koaRequestReader)
    if (answer !== null && 'refused' in answer) return answerRefused(context, answer)
    context.state.stepgate = answer ?? undefined
    if (visit !== undefined) visit.decided = name
    return next()
  }

  #routeOf(name: string, method: string, path: string): Route {
    const known = this.#routes.get(name)
    if (known !== undefined) return known
    const made = this.engine.routes.register(method, toTemplate(path))
    this.#routes.set(name, made)
    return made
  }

  #noticeRoutes(router: KoaRouter, name: 'register' | 'use'): void {
    const method = router[name]
    const value = function (this: KoaRouter, ...parts: unknown[]): unknown {
      discovery.soon()
      return method.apply(this, parts)
    }
    const discovery = this.#discovery
    // Not enumerable, as a router that is nested in another one is copied with what it has of its own.
    Object.defineProperty(router, name, { value, configurable: true, writable: true })
  }

  #discover(): void {
    for (const { stack } of this.#routers) {
      for (const { methods, path } of stack)
        for (const method of methodsToRegister(methods)) this.engine.routes.register(method, toTemplate(path))
    }
  }
}
