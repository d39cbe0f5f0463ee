import type { IncomingMessage } from 'node:http'
import type { StepgateDecision } from '../../guard/request-decision.ts'

/** The parts of Hono that the guard works with; each use is covered by the adapter's tests. */
export type HonoHandler = ((context: HonoContext, next: () => Promise<void>) => unknown) & {
  /** The handler itself, where Hono has wrapped it with the error handler of its own application. */
  readonly __COMPOSED_HANDLER?: HonoHandler
}

/** A line of an application's list of routes. */
export interface HonoRoute {
  readonly method: string
  readonly path: string
  handler: HonoHandler
}

export type HonoEntry = readonly [HonoHandler, HonoRoute]

export interface HonoRouter {
  add: (method: string, path: string, entry: HonoEntry) => void
}

export interface HonoApplication {
  readonly router: HonoRouter
  readonly routes: readonly HonoRoute[]
  use: (...parts: unknown[]) => unknown
  route: (...parts: unknown[]) => unknown
  basePath: (path: string) => HonoApplication
}

/** What @hono/node-server hands over with a request; behind some hosts one level deeper. */
export interface NodeBindings {
  readonly incoming?: IncomingMessage
  readonly server?: { readonly incoming?: IncomingMessage }
}

export interface HonoContext {
  readonly req: {
    readonly raw: Request
    readonly method: string
    readonly routeIndex: number
    /** Everything that matches the request, in order; not in all versions. */
    readonly matchedRoutes?: readonly HonoRoute[]
    param(): Readonly<Record<string, unknown>>
  }
  readonly env: NodeBindings | undefined
  set(name: 'stepgate', value: StepgateDecision | undefined): void
  body(data: string, status: number, headers: Record<string, string>): Response
}
