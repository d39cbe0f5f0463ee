/** Guards the routes of a Hono application, on Node's server or wherever its `fetch` is called. */
import type { Env, Hono, Schema } from 'hono'
import { ALL } from './adapters/hono/hono-guard.ts'
import type { HonoApplication, HonoRoute } from './adapters/hono/hono-internals.ts'
import { protectHonoApplication } from './adapters/hono/protect-hono-application.ts'
import { StepgateUsageError } from './errors.ts'
import { engineOf } from './guard/engine.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Stepgate } from './stepgate.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** What Stepgate decided about this request; absent where the endpoint's mode is `off`. */
    stepgate?: StepgateDecision
  }
}

export type { StepgateDecision }

const PROTECTED = Symbol.for('@stepgate/node hono application 1')

const tooLate = (problem: string): StepgateUsageError => new StepgateUsageError('registered-too-late', problem)

/** What `use` adds and what `all` adds is alike in Hono's list, and the one may run unguarded where the other may not. */
function requireNoRoutes(routes: readonly HonoRoute[]): void {
  const route = routes.find(({ method }) => method !== ALL)
  if (route !== undefined)
    throw tooLate(`call protectHono before the first route; ${route.method} ${route.path} would not be guarded`)
  if (routes.length > 0)
    throw tooLate(
      'call protectHono before app.use and app.all, which Hono does not tell apart: a route for all methods would not be guarded. Middleware that is added later runs before the decision all the same',
    )
}

/**
 * Guards every route of an application: `get` … `on`, `all` and `mount`, on a base path, and those of the applications that
 * `route` takes in. Call it right after `new Hono()`; throws where there are routes or middleware already. The decision is made where Hono
 * enters the route's first handler, on the whole template that it matched. Handlers find it as `c.get('stepgate')`.
 *
 * What `use` adds is middleware, not a route: it runs undecided. In an application that is taken in, Hono does not tell
 * `use` from `all`: there a handler for all methods that takes `next` is decided unless a route follows it.
 *
 * The caller's address is known on @hono/node-server; elsewhere a rule that asks for networks denies.
 *
 * @example
 * const app = new Hono()
 * protectHono(app, stepgate)
 */
export function protectHono<Environment extends Env, Routes extends Schema, Base extends string>(
  app: Hono<Environment, Routes, Base>,
  stepgate: Stepgate,
): void {
  const application = app as unknown as HonoApplication & { [PROTECTED]?: true } // told by its router, which is checked
  const { router, routes } = Object(app) as Partial<HonoApplication>
  if (typeof router?.add !== 'function' || !Array.isArray(routes))
    throw new StepgateUsageError('not-an-application', 'protectHono needs what new Hono() made')
  if (application[PROTECTED] === true)
    throw new StepgateUsageError('already-protected', 'this application is protected already')
  requireNoRoutes(routes)
  const engine = engineOf(stepgate)
  engine.useFramework('hono')
  Object.defineProperty(application, PROTECTED, { value: true })
  protectHonoApplication(application, engine)
}
