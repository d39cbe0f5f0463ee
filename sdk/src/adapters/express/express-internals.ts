import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine } from '../../guard/engine.ts'
import type { Route } from '../../guard/route-table.ts'

/**
 * The parts of Express 4 and 5 (package `router`) that the guard works with. They are not typed by Express and not all of
 * them are public; each use is covered by the adapter's tests on both versions.
 */
export type ExpressNext = (error?: unknown) => void
export type LayerHandler = (
  this: ExpressLayer,
  request: ExpressRequest,
  response: ServerResponse,
  next: ExpressNext,
) => unknown

export type LayerErrorHandler = (
  this: ExpressLayer,
  error: unknown,
  request: ExpressRequest,
  response: ServerResponse,
  next: ExpressNext,
) => unknown

export interface ExpressRoute {
  readonly path: unknown
  /** Lower-case methods with a handler; `_all` for `route.all`. */
  readonly methods: Readonly<Record<string, boolean | undefined>>
  readonly stack: readonly { readonly handle: unknown }[]
}

/** On a function that a framework above Express registers as a route, though it is a middleware. */
export const EXPRESS_MIDDLEWARE = Symbol.for('@stepgate/node express middleware 1')

/** Where the template of a layer's mount is kept; it is the same for every application the layer serves. */
export const LAYER_MOUNT = Symbol('stepgate mount')

/** Where a layer keeps what was decided by at it last. */
export const LAYER_ROUTE = Symbol('stepgate route')

/** What requests are decided by at a layer, which holds for as long as all that it was found by stays. That there is nothing to decide is not kept. */
export interface LayerRoute {
  readonly guard: LayerGuard
  /** As the request has it. */
  readonly method: string
  readonly mount: string
  /** How many handlers the route had. */
  readonly handlers: number
  readonly route: Route
}

export interface ExpressLayer {
  [LAYER_MOUNT]?: string
  [LAYER_ROUTE]?: LayerRoute
  readonly handle: unknown
  readonly route?: ExpressRoute | undefined
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
  /** `router` 2.3 and later. */
  readonly rawPath?: unknown
  /** `router` 2: matches everything under `/`. */
  readonly slash?: boolean
  readonly matchers?: readonly ((path: string) => false | { readonly params: Readonly<Record<string, unknown>> })[]
}

export interface ExpressRouter {
  readonly stack: ExpressLayer[]
  handle: (request: ExpressRequest, response: ServerResponse, callback: ExpressNext) => unknown
  use(...handlers: unknown[]): unknown
}

/** An application. */
export interface ExpressInternals {
  /** Express 5: made when it is first asked for. */
  readonly router?: unknown
  /** Express 4: made by `lazyrouter`. */
  _router?: ExpressRouter
  lazyrouter?: () => void
  /** What its requests have as their prototype. */
  readonly request: { readonly app?: unknown }
  mountpath: unknown
  handle: (request: ExpressRequest, response: ServerResponse, callback?: ExpressNext) => unknown
  use: (...handlers: unknown[]) => unknown
  path: () => string
}

/** The guard of an application. Shared by all copies of the package, as the patched layers are. */
export const EXPRESS_GUARD = Symbol.for('@stepgate/node express guard 1')

/**
 * The visit a request is on, from the first layer on. Not before, as what a request has of its own makes the change of prototypes
 * that Express begins with take longer; and one property, as adding one to a request that Express has changed takes long, too.
 * Null where the request has left the guarded application again, which Express's prototype may still tell of.
 */
export const EXPRESS_VISIT = Symbol.for('@stepgate/node express visit 1')

export interface ExpressRequest extends IncomingMessage {
  [EXPRESS_VISIT]?: LayerVisit | null | undefined
  /** Of the prototype that Express gives it. */
  readonly app?: { readonly [EXPRESS_GUARD]?: LayerGuard }
}

/** What is asked for where a request enters an application. */
export interface LayerGuard {
  /** Whose decisions it makes. */
  readonly engine: Engine
  /** `mount` is the template under which the application is mounted, `/tenants/:tenantId`; empty at the root. */
  begin(mount: string, request: ExpressRequest): LayerVisit
}

/** Called at every layer that a guarded request enters, in place of the layer. */
export interface LayerVisit {
  readonly guard: LayerGuard
  /** The one it is the visit of. Objects that were made from that request find it there, too. */
  readonly request: ExpressRequest
  /** Template of the mounts it has passed. */
  readonly mount: string
  /** Goes along below the mount of a layer; answers what comes back from there before it goes on. */
  follow(layer: ExpressLayer, next: ExpressNext): ExpressNext
  /** Sends it to another place, from where it comes back with the answer. */
  from(mount: string, next: ExpressNext): ExpressNext
  enter(
    layer: ExpressLayer,
    request: ExpressRequest,
    response: ServerResponse,
    next: ExpressNext,
    proceed: LayerHandler,
  ): unknown
}
