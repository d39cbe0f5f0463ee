import type { Engine } from '../../guard/engine.ts'
import { ApplicationGuard, isRouter } from './koa-guard.ts'
import { KOA_GUARD, KOA_VISIT, type KoaApplication, type KoaContext, type KoaMiddleware } from './koa-internals.ts'

/**
 * Every @koa/router sets `ctx.router` when it has matched a request, before it enters the first layer. Here it is heard of,
 * also where it is hidden in another middleware.
 */
function install(context: KoaContext & { router?: unknown }, guard: ApplicationGuard): void {
  // What all contexts have by this name until a router has matched.
  let { router: common } = context
  Object.defineProperty(context, KOA_GUARD, { value: guard, configurable: true })
  Object.defineProperty(context, 'router', {
    configurable: true,
    get(this: KoaContext) {
      return this[KOA_VISIT]?.router ?? common
    },
    set(this: KoaContext, router: unknown) {
      if (this === context && !Object.hasOwn(this, 'req')) common = router
      else guard.enter(this, router)
    },
  })
}

const GUARD_PROPERTIES = [KOA_GUARD, KOA_VISIT, 'router'] as const

/** Guards the contexts of another application that this one's middleware is given, until they have passed all of it. */
class ForeignContexts {
  readonly #guard: ApplicationGuard
  /** What each had of its own before. */
  readonly #outer = new WeakMap<KoaContext, readonly (PropertyDescriptor | undefined)[]>()

  constructor(guard: ApplicationGuard) {
    this.#guard = guard
  }

  /** The guard of the other application stays where both decide alike. */
  readonly enter: KoaMiddleware = (context, next) => {
    if (context[KOA_GUARD]?.engine !== this.#guard.engine) {
      this.#outer.set(
        context,
        GUARD_PROPERTIES.map((name) => Object.getOwnPropertyDescriptor(context, name)),
      )
      install(context, this.#guard)
    }
    return next()
  }

  readonly leave: KoaMiddleware = (context, next) => {
    const outer = this.#outer.get(context)
    if (outer !== undefined) this.#restore(context, outer)
    return next()
  }

  #restore(context: KoaContext, outer: readonly (PropertyDescriptor | undefined)[]): void {
    this.#outer.delete(context)
    for (const [index, name] of GUARD_PROPERTIES.entries()) {
      const own = outer[index]
      Reflect.deleteProperty(context, name)
      if (own !== undefined) Object.defineProperty(context, name, own)
    }
  }
}

/** It has to stay the last. */
function putLast(middleware: KoaMiddleware[], last: KoaMiddleware): void {
  const present = middleware.indexOf(last)
  if (present !== -1) middleware.splice(present, 1)
  middleware.push(last)
}

/** What @koa/router puts there, or something else of that name. */
const findRouter = (middleware: KoaMiddleware): unknown =>
  (middleware as KoaMiddleware & { readonly router?: unknown }).router

export function protectKoaApplication(app: KoaApplication, engine: Engine): void {
  const guard = new ApplicationGuard(engine)
  const notice = (middleware: KoaMiddleware): void => {
    const router = findRouter(middleware)
    if (isRouter(router)) guard.notice(router)
  }
  install(app.context, guard)
  app.middleware.forEach(notice)
  const foreign = new ForeignContexts(guard)
  app.middleware.unshift(foreign.enter)
  putLast(app.middleware, foreign.leave)
  const { use } = app
  app.use = (middleware) => {
    if (typeof middleware === 'function') notice(middleware)
    const answer = use.call(app, middleware)
    putLast(app.middleware, foreign.leave)
    return answer
  }
}
