import type { Engine } from '../../guard/engine.ts'
import { DiscoveryTimer } from '../discovery-timer.ts'
import { toTemplate } from '../to-template.ts'
import { ExpressGuard } from './express-guard.ts'
import {
  EXPRESS_GUARD,
  EXPRESS_VISIT,
  type ExpressInternals,
  type ExpressNext,
  type ExpressRequest,
  type ExpressRouter,
  type LayerVisit,
} from './express-internals.ts'
import { isApplication, patchLayersOf, routerOf } from './patch-layers.ts'

/** Guards one application. */
class ProtectedApplication {
  readonly #app: ExpressInternals
  readonly #guard: ExpressGuard
  readonly #subApplications = new Set<ExpressInternals>()
  readonly #discovery = new DiscoveryTimer(() => this.#discover())
  #isPatched = false

  constructor(app: ExpressInternals, engine: Engine) {
    this.#app = app
    this.#guard = new ExpressGuard(engine)
  }

  protect(): void {
    this.#guardRequests()
    this.#noticeSubApplications()
    for (const name of ['use', 'route'] as const) this.#noticeRoutes(name)
  }

  #guardRequests(): void {
    const { handle } = this.#app
    Object.defineProperty(this.#app, EXPRESS_GUARD, { value: this.#guard })
    this.#app.handle = (request: ExpressRequest, response, callback) => {
      if (!this.#isPatched) this.#patch()
      const present = request[EXPRESS_VISIT]
      // Through a guarded parent comes the parent's guard, with the mounts it has followed.
      if (present !== undefined && present.guard !== this.#guard)
        return handle.call(this.#app, request, response, callback)
      return handle.call(this.#app, request, response, this.#enter(request, present, callback))
    }
  }

  /** Sets out from the root of this application, also when a handler sends the request through it once more. */
  #enter(
    request: ExpressRequest,
    outer: LayerVisit | undefined,
    callback: ExpressNext | undefined,
  ): ExpressNext | undefined {
    const mount = this.#app.path()
    // Its first layer begins a visit at the root, where nothing but Express's prototype tells of an application.
    const isTold = request.app === undefined && this.#app.request.app === this.#app
    if (outer !== undefined || mount !== '' || !isTold) request[EXPRESS_VISIT] = this.#guard.begin(mount)
    if (callback === undefined) return undefined
    return (error) => {
      request[EXPRESS_VISIT] = outer
      callback(error)
    }
  }

  #patch(): void {
    const router = routerOf(this.#app)
    if (router === undefined) return
    for (const found of [router, ...this.#mountedRouters()]) patchLayersOf(found)
    this.#isPatched = true
    // What was registered on routers after they were mounted is found now.
    this.#discovery.soon()
  }

  /** Sub-applications are hidden in a closure once they are mounted, so they are remembered. */
  #noticeSubApplications(): void {
    const { use } = this.#app
    this.#app.use = (...handlers) => {
      const answer = use.apply(this.#app, handlers)
      for (const app of handlers.flat(Infinity).filter(isApplication)) this.#subApplications.add(app)
      this.#isPatched = false
      return answer
    }
  }

  #noticeRoutes(name: 'use' | 'route'): void {
    const app = this.#app as unknown as Record<string, (...parts: unknown[]) => unknown> // both are methods of an application
    const method = app[name]
    if (method === undefined) return
    app[name] = (...parts) => {
      this.#discovery.soon()
      return method.apply(app, parts)
    }
  }

  #discover(): void {
    const router = routerOf(this.#app)
    if (router !== undefined) this.#guard.discover(router, this.#app.path())
    for (const app of this.#subApplications) {
      const nested = routerOf(app)
      if (nested !== undefined) this.#guard.discover(nested, this.#app.path() + toTemplate(app.mountpath))
    }
  }

  #mountedRouters(): ExpressRouter[] {
    return Array.from(this.#subApplications, routerOf).filter((router) => router !== undefined)
  }
}

export function protectApplication(app: ExpressInternals, engine: Engine): void {
  new ProtectedApplication(app, engine).protect()
}
