/** Guards the routes of an Express application, version 4 or 5. */
import { protectApplication } from './adapters/express/protect-application.ts'
import type { ExpressInternals } from './adapters/express/express-internals.ts'
import { StepgateUsageError } from './errors.ts'
import { engineOf } from './guard/engine.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Stepgate } from './stepgate.ts'

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the way Express offers to add to its request
  namespace Express {
    interface Request {
      /** What Stepgate decided about this request; absent where the endpoint's mode is `off`. */
      stepgate?: StepgateDecision
    }
  }
}

export type { StepgateDecision }

/** An Express application, told by its shape so that either version fits. */
export interface ExpressApplicationLike {
  (request: never, response: never): unknown
  /** Answers a request; every application has it. */
  handle?: unknown
  /** Where the application is mounted. */
  path(): string
}

const PROTECTED = Symbol.for('@stepgate/node express application 1')

/**
 * Guards every route of an application, those of its routers and sub-applications included, wherever they are registered.
 * Call it right after `express()`. The decision is made where Express enters a route, so after the middleware that stands
 * before it and before its first handler, on the template that Express matched: `GET /tenants/:tenantId/orders`.
 *
 * Handlers added by `app.use(handler)` are middleware, not routes: they run undecided. OPTIONS requests that Express or a
 * CORS middleware answers without a route are left alone. Routes that are there before it are guarded too.
 *
 * @example
 * const app = express()
 * protectExpress(app, stepgate)
 */
export function protectExpress(app: ExpressApplicationLike, stepgate: Stepgate): void {
  const marked = app as unknown as ExpressInternals & { [PROTECTED]?: true } // told by its shape, which is checked
  // A router has no path of its own.
  if (
    typeof app !== 'function' ||
    ![marked.handle, marked.use, marked.path].every((part) => typeof part === 'function')
  )
    throw new StepgateUsageError('not-an-application', 'protectExpress needs what express() answered')
  if (marked[PROTECTED] === true)
    throw new StepgateUsageError('already-protected', 'this application is protected already')
  const engine = engineOf(stepgate)
  engine.useFramework(marked.lazyrouter === undefined ? 'express 5' : 'express 4')
  Object.defineProperty(marked, PROTECTED, { value: true })
  protectApplication(marked, engine)
}
