import { createRequire } from 'node:module'
import { StepgateUsageError } from '../../errors.ts'
import {
  EXPRESS_GUARD,
  EXPRESS_VISIT,
  type ExpressInternals,
  type ExpressLayer,
  type ExpressRequest,
  type ExpressRouter,
  type LayerErrorHandler,
  type LayerHandler,
  type LayerVisit,
} from './express-internals.ts'

const PATCHED = Symbol.for('@stepgate/node express layer 1')

type LayerPrototype = Record<'handle_request' | 'handleRequest', LayerHandler | undefined> &
  Record<'handle_error' | 'handleError', LayerErrorHandler | undefined> & { [PATCHED]?: true }

/** It goes on with the request: handlers may send it into applications that nothing connects with this one. */
function visitOf(request: ExpressRequest): LayerVisit | undefined {
  const visit = request[EXPRESS_VISIT]
  if (visit === null) return undefined
  if (visit?.request === request) return visit
  const guard = visit?.guard ?? request.app?.[EXPRESS_GUARD]
  return guard === undefined ? undefined : (request[EXPRESS_VISIT] = guard.begin(visit?.mount ?? '', request))
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

/** A handler of errors may send a request to routers of its own, below what it was mounted under. */
function followed(proceed: LayerErrorHandler): LayerErrorHandler {
  return function stepgateErrorLayer(error, request, response, next) {
    const onwards = visitOf(request)?.follow(this, next) ?? next
    return proceed.call(this, error, request, response, onwards)
  }
}

/** Puts the guard where Express enters a layer: the one place every route of every router is entered through. False where it is none of Express. */
function patchPrototype(prototype: LayerPrototype): boolean {
  if (prototype[PATCHED] === true) return true
  const name = prototype.handleRequest === undefined ? 'handle_request' : 'handleRequest'
  const proceed = prototype[name]
  if (typeof proceed !== 'function') return false
  prototype[name] = guarded(proceed)
  const errorName = prototype.handleError === undefined ? 'handle_error' : 'handleError'
  const proceedWithError = prototype[errorName]
  if (proceedWithError !== undefined) prototype[errorName] = followed(proceedWithError)
  prototype[PATCHED] = true
  return true
}

const patchLayers = (layer: ExpressLayer): boolean => patchPrototype(Object.getPrototypeOf(layer) as LayerPrototype) // a Layer of Express 4 or of `router`

/** Of Express 4, by whatever name it is installed, and of the package `router`. */
const LAYER_MODULE = /(?:[\\/]lib[\\/]router|[\\/]router[\\/]lib)[\\/]layer\.js$/

/**
 * Guards the layers of all copies of Express that this process has loaded, as routers of another one may be hidden in a
 * function. One that is bundled into other code is found where it is mounted.
 */
export function patchLoadedCopies(): void {
  const { cache } = createRequire(process.execPath) // of whatever file, all share it
  for (const [file, loaded] of Object.entries(cache)) {
    if (!LAYER_MODULE.test(file)) continue
    const { prototype } = Object(loaded?.exports) as { readonly prototype?: unknown }
    if (typeof prototype === 'object' && prototype !== null) patchPrototype(prototype as LayerPrototype)
  }
}

/** Layers cannot be had from outside, so one is made and taken away again. False where they are not Express's. */
export function patchLayersOf(router: ExpressRouter): boolean {
  const [present] = router.stack
  if (present !== undefined) return patchLayers(present)
  router.use(() => undefined)
  const layer = router.stack.pop()
  return layer !== undefined && patchLayers(layer)
}

/** Throws where nothing could be guarded. */
export function requirePatched(router: ExpressRouter): void {
  if (!patchLayersOf(router))
    throw new StepgateUsageError('framework-unknown', 'this version of Express is not known; nothing can be guarded')
}

interface SubApplication extends ExpressInternals {
  readonly set: unknown
}

export const isApplication = (value: unknown): value is SubApplication =>
  typeof value === 'function' && 'handle' in value && 'set' in value

/** The router of an application, which is made now where that is up to whoever asks. */
export const rootRouterOf = (app: ExpressInternals): ExpressRouter | undefined =>
  app.lazyrouter === undefined ? (app.router as ExpressRouter | undefined) : app._router

/**
 * The router of an application that has made one. It may not be made before its time, as settings such as `strict routing` are
 * fixed in it. Express 5 makes it for whoever asks, by the settings of what it is asked of: of nothing, it throws.
 */
export function routerOf(app: ExpressInternals): ExpressRouter | undefined {
  const made = Object.getOwnPropertyDescriptor(app, 'router')
  if (app.lazyrouter !== undefined || made?.get === undefined) return rootRouterOf(app)
  try {
    return made.get.call(undefined) as ExpressRouter | undefined
  } catch {
    return undefined
  }
}

/** Connect's applications have a stack as well. */
const isRouter = (value: unknown): value is ExpressRouter => {
  if (typeof value !== 'function') return false
  const { stack, route, param } = value as Partial<Record<'stack' | 'route' | 'param', unknown>>
  return Array.isArray(stack) && typeof route === 'function' && typeof param === 'function'
}

/** The router behind a handler that is a router or an application. */
export function findRouter(handler: unknown): ExpressRouter | undefined {
  if (isRouter(handler)) return handler
  return isApplication(handler) ? routerOf(handler) : undefined
}
