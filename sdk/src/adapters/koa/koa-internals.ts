import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine } from '../../guard/engine.ts'
import type { StepgateDecision } from '../../guard/request-decision.ts'

/** The parts of Koa and of @koa/router that the guard works with; each use is covered by the adapter's tests. */
export type KoaNext = () => Promise<unknown>
export type KoaMiddleware = (context: KoaContext, next: KoaNext) => unknown

export interface KoaLayer {
  readonly path: string | RegExp
  /** In upper case; empty for middleware. */
  readonly methods: readonly string[]
  readonly stack: KoaMiddleware[]
}

export interface KoaRouter {
  readonly stack: readonly KoaLayer[]
  use: (...parts: unknown[]) => unknown
  register: (...parts: unknown[]) => unknown
}

export interface KoaApplication {
  readonly context: KoaContext
  readonly middleware: KoaMiddleware[]
  use: (middleware: KoaMiddleware) => unknown
}

/** Shared by all copies of the package: whichever stands in the layers calls the guard that came with the request. */
export const KOA_GUARD = Symbol.for('@stepgate/node koa guard 1')
export const KOA_LAYER_GUARD = Symbol.for('@stepgate/node koa layer guard 1')
export const KOA_VISIT = Symbol('stepgate visit')

/** Where a request stands. */
export interface KoaVisit {
  readonly router: unknown
  /** Method by which the router has matched; a middleware of its own may change it afterwards. */
  readonly method: string
  /** Route that was decided last, by name. */
  decided: string | null
}

export interface KoaGuard {
  /** Whose decisions it makes. */
  readonly engine: Engine
  decide(context: KoaContext, next: KoaNext): unknown
}

export interface KoaContext {
  [KOA_GUARD]?: KoaGuard
  [KOA_VISIT]?: KoaVisit
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly method: string
  readonly originalUrl: string
  readonly headerSent: boolean
  readonly params?: Readonly<Record<string, unknown>>
  readonly state: { stepgate?: StepgateDecision | undefined }
  /** Layers whose path has matched, those of routers passed before included. */
  readonly matched?: readonly KoaLayer[]
  /** Path of the layer that is entered. */
  readonly routerPath?: string | RegExp
  status: number
  body: unknown
  set(headers: Readonly<Record<string, string>>): void
}
