import { StepgateUsageError } from '../../errors.ts'
import {
  EXPRESS_GUARD,
  EXPRESS_VISIT,
  type ExpressInternals,
  type ExpressLayer,
  type ExpressRequest,
  type ExpressRouter,
  type LayerHandler,
  type LayerVisit,
} from './express-internals.ts'

const PATCHED = Symbol.for('@stepgate/node express layer 1')

const unknownExpress = (): StepgateUsageError =>
  new StepgateUsageError('framework-unknown', 'this version of Express is not known; nothing can be guarded')

type LayerPrototype = Record<'handle_request' | 'handleRequest', LayerHandler | undefined> & { [PATCHED]?: true }

/** It goes on with the request: handlers may send it into applications that nothing connects with this one. */
function visitOf(request: ExpressRequest): LayerVisit | undefined {
  const visit = request[EXPRESS_VISIT]
  if (visit !== undefined) return visit
  const guard = request.app?.[EXPRESS_GUARD]
  return guard === undefined ? undefined : (request[EXPRESS_VISIT] = guard.begin(''))
}

/** Layers of requests that no guard came with behave as ever, so other applications of the process notice nothing. */
function guarded(proceed: LayerHandler): LayerHandler {
  return function stepgateLayer(request, response, next) {
    const visit = visitOf(request)
    return visit === undefined
      ? proceed.call(this, request, response, next)
      : visit.enter(this, request, response, next, proceed)
  }
}

/** Puts the guard where Express enters a layer: the one place every route of every router is entered through. */
function patchLayers(layer: ExpressLayer): void {
  const prototype = Object.getPrototypeOf(layer) as LayerPrototype // a Layer of Express 4 or of `router`
  if (prototype[PATCHED] === true) return
  const name = prototype.handleRequest === undefined ? 'handle_request' : 'handleRequest'
  const proceed = prototype[name]
  if (proceed === undefined) throw unknownExpress()
  prototype[name] = guarded(proceed)
  prototype[PATCHED] = true
}

/** Layers cannot be had from outside, so one is made and taken away again. */
export function patchLayersOf(router: ExpressRouter): void {
  const [present] = router.stack
  if (present !== undefined) {
    patchLayers(present)
    return
  }
  router.use(() => undefined)
  const layer = router.stack.pop()
  if (layer === undefined) throw unknownExpress()
  patchLayers(layer)
}

interface SubApplication extends ExpressInternals {
  readonly set: unknown
}

export const isApplication = (value: unknown): value is SubApplication =>
  typeof value === 'function' && 'handle' in value && 'set' in value

/** Routers may not be made before their time: Express fixes settings such as `strict routing` in them. */
export const routerOf = (app: ExpressInternals): ExpressRouter | undefined =>
  app.lazyrouter === undefined ? (app.router as ExpressRouter | undefined) : app._router

const isRouter = (value: unknown): value is ExpressRouter =>
  typeof value === 'function' && Array.isArray((value as Partial<ExpressRouter>).stack)

/** The router behind a handler that is a router or an application. */
export function findRouter(handler: unknown): ExpressRouter | undefined {
  if (isRouter(handler)) return handler
  return isApplication(handler) ? routerOf(handler) : undefined
}
