/** Guards the routes of a Koa application, as @koa/router matches them. */
import type { BaseContext } from 'koa'
import { KOA_GUARD, type KoaApplication } from './adapters/koa/koa-internals.ts'
import { protectKoaApplication } from './adapters/koa/protect-koa-application.ts'
import { StepgateUsageError } from './errors.ts'
import { engineOf } from './guard/engine.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Stepgate } from './stepgate.ts'

declare module 'koa' {
  interface DefaultState {
    /** What Stepgate decided about this request; absent where the endpoint's mode is `off`. */
    stepgate?: StepgateDecision
  }
}

export type { StepgateDecision }

/** A Koa application, told by its shape so that either version fits. */
export interface KoaApplicationLike {
  /** Prototype of the context of its requests. */
  readonly context: BaseContext
  /** What `app.use` added. */
  readonly middleware: readonly unknown[]
}

/**
 * Guards every route of every @koa/router that requests of this application come through: mounted by `app.use`, nested in
 * another router, or hidden in a composed middleware. Call it right after `new Koa()`. The decision is made where the
 * router enters a route, before its first handler and the handlers for its parameters, on the route's whole template with
 * the prefixes of its routers; what the router's own `use` adds runs before. Handlers find it as `ctx.state.stepgate`.
 *
 * What `app.use` adds is middleware, not a route: it runs undecided. Throws when the application is protected already.
 *
 * @example
 * const app = new Koa()
 * protectKoa(app, stepgate)
 */
export function protectKoa(app: KoaApplicationLike, stepgate: Stepgate): void {
  const application = app as unknown as KoaApplication // told by `context` and `middleware`, which are checked
  const { context, middleware } = Object(app) as Partial<KoaApplication>
  if (typeof context !== 'object' || !Array.isArray(middleware))
    throw new StepgateUsageError('not-an-application', 'protectKoa needs what new Koa() made')
  const engine = engineOf(stepgate)
  if (application.context[KOA_GUARD] !== undefined)
    throw new StepgateUsageError('already-protected', 'this application is protected already')
  engine.useFramework('koa')
  protectKoaApplication(application, engine)
}
