import type { ServerResponse } from 'node:http'
import type { Engine } from '../../guard/engine.ts'
import { toMethod } from '../../guard/http-method.ts'
import type { GuardAnswer } from '../../guard/guard.ts'
import type { StepgateDecision } from '../../guard/request-decision.ts'
import type { Route } from '../../guard/route-table.ts'
import { ALL_METHODS, methodsToRegister } from '../every-method.ts'
import { httpRequestReader } from '../http-request-reader.ts'
import { toTemplate } from '../to-template.ts'
import { writeRefusal } from '../write-refusal.ts'
import {
  EXPRESS_MIDDLEWARE,
  LAYER_MOUNT,
  LAYER_ROUTE,
  type ExpressLayer,
  type ExpressNext,
  type ExpressRequest,
  type ExpressRoute,
  type ExpressRouter,
  type LayerGuard,
  type LayerHandler,
  type LayerVisit,
} from './express-internals.ts'
import { mountTemplate } from './layer-template.ts'
import { findRouter, patchLayersOf } from './patch-layers.ts'

/** The method under which Express has found a handler; null when this route has none for the request. */
function handledMethod(route: ExpressRoute, requestMethod: string): string | null {
  const method = requestMethod.toLowerCase()
  if (route.methods[method] === true) return method
  if (route.methods['_all'] === true) return toMethod(requestMethod).toLowerCase()
  return method === 'head' && route.methods['get'] === true ? 'get' : null
}

function methodsOf(route: ExpressRoute): readonly string[] {
  const methods = Object.keys(route.methods).filter((method) => route.methods[method] === true)
  return methods.includes('_all') ? ALL_METHODS : methodsToRegister(methods)
}

/** Nest registers some of its middleware by `app.get` and `app.all`. */
const isMiddleware = ({ stack }: ExpressRoute): boolean =>
  stack.length > 0 && stack.every(({ handle }) => typeof handle === 'function' && EXPRESS_MIDDLEWARE in handle)

/** Knows the layers of one application: what they are mounted under, and by which route each decides. */
export class ExpressGuard implements LayerGuard {
  readonly engine: Engine
  /** Route of a layer by method and mount, as one router may be mounted in several places. */
  readonly #routes = new WeakMap<ExpressLayer, Map<string, Route>>()

  constructor(engine: Engine) {
    this.engine = engine
  }

  begin(mount: string, request: ExpressRequest): ExpressVisit {
    return new ExpressVisit(this, mount, request)
  }

  check(route: Route, request: ExpressRequest): GuardAnswer {
    return this.engine.guard.check(route, request, httpRequestReader)
  }

  /** Registers the routes of a router and of all that are mounted in it. */
  discover(router: ExpressRouter, mount: string): void {
    this.#discover(router, mount, new Set())
  }

  #discover(router: ExpressRouter, mount: string, ancestors: ReadonlySet<ExpressRouter>): void {
    // A router that is mounted in itself has no end of templates.
    if (ancestors.has(router)) return
    const path = new Set(ancestors).add(router)
    for (const layer of router.stack) {
      if (layer.route !== undefined) this.#discoverRoute(layer.route, mount)
      else this.#discoverMounted(layer, mount, path)
    }
  }

  #discoverMounted(layer: ExpressLayer, mount: string, ancestors: ReadonlySet<ExpressRouter>): void {
    const router = findRouter(layer.handle)
    if (router !== undefined) this.#discover(router, mount + this.mountOf(layer), ancestors)
  }

  #discoverRoute(route: ExpressRoute, mount: string): void {
    if (isMiddleware(route)) return
    for (const method of methodsOf(route)) this.engine.routes.register(method, mount + toTemplate(route.path))
  }

  /** The template under which a layer is mounted; empty at the root. */
  mountOf(layer: ExpressLayer): string {
    const known = layer[LAYER_MOUNT]
    if (known !== undefined) return known
    const mount = this.#firstSight(layer)
    layer[LAYER_MOUNT] = mount
    return mount
  }

  /** A router of another copy of Express has layers of its own kind, which would let requests past the guard. */
  #firstSight(layer: ExpressLayer): string {
    const router = findRouter(layer.handle)
    if (router !== undefined) patchLayersOf(router)
    return mountTemplate(layer)
  }

  /** Null where there is nothing to decide. */
  routeAt(layer: ExpressLayer, route: ExpressRoute, method: string, mount: string): Route | null {
    const last = layer[LAYER_ROUTE]
    const handlers = route.stack.length
    // A method that is not a name of Node's own takes long to find in an object.
    if (last?.guard === this && last.method === method && last.mount === mount && last.handlers === handlers)
      return last.route
    const found = this.#findRoute(layer, route, method, mount)
    if (found !== null) layer[LAYER_ROUTE] = { guard: this, method, mount, handlers, route: found }
    return found
  }

  /** Express lets HEAD requests into routes that have nothing for them; none of their handlers will run. */
  #findRoute(layer: ExpressLayer, route: ExpressRoute, requestMethod: string, mount: string): Route | null {
    const method = handledMethod(route, requestMethod)
    return method === null || isMiddleware(route) ? null : this.#routeOf(layer, route, method, mount)
  }

  #routeOf(layer: ExpressLayer, route: ExpressRoute, method: string, mount: string): Route {
    const routes = this.#routes.get(layer) ?? new Map<string, Route>()
    const key = mount === '' ? method : `${method} ${mount}`
    const known = routes.get(key)
    if (known !== undefined) return known
    const made = this.engine.routes.register(method, mount + toTemplate(route.path))
    this.#routes.set(layer, routes.set(key, made))
    return made
  }
}

/** One request on its way through the layers of an application: follows the mounts, and decides where a route begins. */
class ExpressVisit implements LayerVisit {
  readonly guard: ExpressGuard
  readonly request: ExpressRequest
  #mount: string
  /** What was decided last, and at which address: another may have other parameters. */
  #decided: Route | null = null
  #decidedUrl: string | undefined

  constructor(guard: ExpressGuard, mount: string, request: ExpressRequest) {
    this.guard = guard
    this.request = request
    this.#mount = mount
  }

  get mount(): string {
    return this.#mount
  }

  from(mount: string, next: ExpressNext): ExpressNext {
    const outer = this.#mount
    this.#mount = mount
    return (error) => {
      this.#mount = outer
      next(error)
    }
  }

  enter(
    layer: ExpressLayer,
    request: ExpressRequest,
    response: ServerResponse,
    next: ExpressNext,
    proceed: LayerHandler,
  ): unknown {
    if (layer.route === undefined) return proceed.call(layer, request, response, this.follow(layer, next))
    const route = this.guard.routeAt(layer, layer.route, request.method ?? '', this.#mount)
    // A route may be there twice, for a middleware of its own or another version: it is decided and counted once.
    const isDecided = route === null || (route === this.#decided && request.url === this.#decidedUrl)
    if (!isDecided && !this.#decide(route, request, response)) return undefined
    return proceed.call(layer, request, response, next)
  }

  follow(layer: ExpressLayer, next: ExpressNext): ExpressNext {
    const mount = this.guard.mountOf(layer)
    return mount === '' ? next : this.from(this.#mount + mount, next)
  }

  /** False where the request was refused. */
  #decide(route: Route, request: ExpressRequest, response: ServerResponse): boolean {
    const answer = this.guard.check(route, request)
    if (answer !== null && 'refused' in answer) {
      writeRefusal(response, answer)
      return false
    }
    this.#decided = route
    this.#decidedUrl = request.url
    const told = request as { stepgate?: StepgateDecision | undefined }
    if (answer !== null) told.stepgate = answer
    else if (told.stepgate !== undefined) told.stepgate = undefined
    return true
  }
}
