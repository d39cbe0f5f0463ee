import type { Engine } from '../../guard/engine.ts'
import { ApplicationGuard } from './koa-guard.ts'
import {
  KOA_GUARD,
  KOA_VISIT,
  type KoaApplication,
  type KoaContext,
  type KoaMiddleware,
  type KoaRouter,
} from './koa-internals.ts'

/**
 * Every @koa/router sets `ctx.router` when it has matched a request, before it enters the first layer. Here it is heard of,
 * also where it is hidden in another middleware.
 */
function install(context: KoaContext, guard: ApplicationGuard): void {
  Object.defineProperty(context, KOA_GUARD, { value: guard, configurable: true })
  Object.defineProperty(context, 'router', {
    configurable: true,
    get(this: KoaContext) {
      return this[KOA_VISIT]?.router
    },
    set(this: KoaContext, router: unknown) {
      guard.enter(this, router)
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

const findRouter = (middleware: KoaMiddleware): KoaRouter | null =>
  (middleware as KoaMiddleware & { readonly router?: KoaRouter }).router ?? null // @koa/router puts it there

export function protectKoaApplication(app: KoaApplication, engine: Engine): void {
  const guard = new ApplicationGuard(engine)
  const notice = (middleware: KoaMiddleware): void => {
    const router = findRouter(middleware)
    if (router !== null) guard.notice(router)
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
