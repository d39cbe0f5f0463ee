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
import {
  isApplication,
  patchLayersOf,
  patchLoadedCopies,
  requirePatched,
  rootRouterOf,
  routerOf,
} from './patch-layers.ts'

/** Guards one application. */
class ProtectedApplication {
  readonly #app: ExpressInternals
  readonly #guard: ExpressGuard
  readonly #subApplications = new Set<ExpressInternals>()
  /** Those whose layers are not guarded yet, as they have no router. */
  readonly #waiting = new Set<ExpressInternals>()
  readonly #discovery = new DiscoveryTimer(() => this.#discover())
  #isPatched = false
  #isRootGuarded = false

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
      if (this.#waiting.size > 0) this.#patchMounted()
      const present = request[EXPRESS_VISIT]
      if (present && this.#isParents(present)) return handle.call(this.#app, request, response, callback)
      return handle.call(this.#app, request, response, this.#enter(request, present, callback))
    }
  }

  /** Through a guarded parent comes the parent's guard, with the mounts it has followed, where both decide alike. */
  #isParents({ guard }: LayerVisit): boolean {
    return guard !== this.#guard && guard.engine === this.#guard.engine
  }

  /** Sets out from the root of this application, also when a handler sends the request through it once more. */
  #enter(
    request: ExpressRequest,
    outer: LayerVisit | null | undefined,
    callback: ExpressNext | undefined,
  ): ExpressNext | undefined {
    const mount = this.#app.path()
    // Its first layer begins a visit at the root, where nothing but Express's prototype tells of an application.
    const isTold = request.app === undefined && this.#app.request.app === this.#app
    if (outer !== undefined || mount !== '' || !isTold) request[EXPRESS_VISIT] = this.#guard.begin(mount, request)
    if (callback === undefined) return undefined
    return (error) => {
      request[EXPRESS_VISIT] = outer ?? null
      callback(error)
    }
  }

  #patch(): void {
    const router = rootRouterOf(this.#app)
    if (router === undefined) return
    requirePatched(router)
    patchLoadedCopies()
    if (!this.#isRootGuarded) this.#guardRoot(router)
    this.#isPatched = true
    // What was registered on routers after they were mounted is found now.
    this.#discovery.soon()
  }

  #patchMounted(): void {
    for (const app of this.#waiting) {
      const router = routerOf(app)
      if (router === undefined) continue
      patchLayersOf(router)
      this.#waiting.delete(app)
      this.#discovery.soon()
    }
  }

  /** A handler may send a request through all of it again, with another address, from wherever it was mounted. */
  #guardRoot(router: ExpressRouter): void {
    const { handle } = router
    const guard = this.#guard
    const value: ExpressRouter['handle'] = (request, response, callback) => {
      const visit = request[EXPRESS_VISIT]
      const root = this.#app.path()
      const isElsewhere = visit?.guard === guard && visit.mount !== root
      return handle.call(router, request, response, isElsewhere ? visit.from(root, callback) : callback)
    }
    Object.defineProperty(router, 'handle', { value, configurable: true, writable: true })
    this.#isRootGuarded = true
  }

  /** Sub-applications are hidden in a closure once they are mounted, so they are remembered. */
  #noticeSubApplications(): void {
    const { use } = this.#app
    this.#app.use = (...handlers) => {
      const answer = use.apply(this.#app, handlers)
      for (const app of handlers.flat(Infinity).filter(isApplication)) {
        this.#subApplications.add(app)
        this.#waiting.add(app)
      }
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
}

export function protectApplication(app: ExpressInternals, engine: Engine): void {
  new ProtectedApplication(app, engine).protect()
}
