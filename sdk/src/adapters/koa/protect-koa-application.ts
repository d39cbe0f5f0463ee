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

/** An application that is mounted in another one gets that one's contexts. */
const guardForeignContexts =
  (guard: ApplicationGuard): KoaMiddleware =>
  (context, next) => {
    if (context[KOA_GUARD] === undefined) install(context, guard)
    return next()
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
  app.middleware.unshift(guardForeignContexts(guard))
  const { use } = app
  app.use = (middleware) => {
    if (typeof middleware === 'function') notice(middleware)
    return use.call(app, middleware)
  }
}
