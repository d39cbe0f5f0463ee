import type { Engine } from '../../guard/engine.ts'
import { HonoGuard, type Origin } from './hono-guard.ts'
import type { HonoApplication } from './hono-internals.ts'

/** Guards one application. Everything that is registered, by whichever way, comes to its router in the end. */
class ProtectedHono {
  readonly #guard: HonoGuard
  #origin: Origin = 'route'

  constructor(engine: Engine) {
    this.#guard = new HonoGuard(engine)
  }

  protect(app: HonoApplication): void {
    const { router } = app
    const { add } = router
    router.add = (method, path, entry) =>
      add.call(router, method, path, this.#guard.guard(this.#origin, method, path, entry))
    this.#noticeOrigins(app)
  }

  #noticeOrigins(app: HonoApplication): void {
    const { use, route, basePath } = app
    app.use = (...parts) => this.#during('middleware', () => use.apply(app, parts))
    app.route = (...parts) => this.#during('nested', () => route.apply(app, parts))
    // What it answers has the same router and methods of its own.
    app.basePath = (path) => {
      const based = basePath.call(app, path)
      this.#noticeOrigins(based)
      return based
    }
  }

  #during(origin: Origin, register: () => unknown): unknown {
    const outer = this.#origin
    this.#origin = origin
    try {
      return register()
    } finally {
      this.#origin = outer
    }
  }
}

export function protectHonoApplication(app: HonoApplication, engine: Engine): void {
  new ProtectedHono(engine).protect(app)
}
