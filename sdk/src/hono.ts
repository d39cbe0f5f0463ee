/** Guards the routes of a Hono application, on Node's server or wherever its `fetch` is called. */
import type { Env, Hono, Schema } from 'hono'
import type { HonoApplication } from './adapters/hono/hono-internals.ts'
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

/**
 * Guards every route of an application: `get` … `on`, `all` and `mount`, on a base path, and those of the applications that
 * `route` takes in. Call it right after `new Hono()`; throws where there are routes already. The decision is made where Hono
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
  if (routes.length > 0)
    throw new StepgateUsageError(
      'registered-too-late',
      'call protectHono before the first route; routes that are there already would not be guarded',
    )
  const engine = engineOf(stepgate)
  engine.useFramework('hono')
  Object.defineProperty(application, PROTECTED, { value: true })
  protectHonoApplication(application, engine)
}
