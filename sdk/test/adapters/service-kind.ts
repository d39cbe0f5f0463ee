/** The same small service on each framework and with each of its options, so that one suite runs on every adapter. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Stepgate, StepgateDecision } from '../../src/index.ts'

export interface ServiceRoute {
  /** `ALL` for a route that takes every method. */
  readonly method: string
  /** Template within the mount. */
  readonly path: string
  /** Where a router of its own is mounted; the whole template is `mount` and `path`. */
  readonly mount?: string
  /** By default a JSON document of what the handler found. */
  readonly answer?: 'json' | 'stream' | 'error'
}

export interface RunningService {
  readonly port: number
  readonly behaviour: Behaviour
  close(): Promise<void>
}

/** What not every framework has. */
export type Ability =
  | 'all'
  | 'address'
  | 'head'
  | 'parent parameters'
  | 'preflight'
  | 'override'
  | 'discovery'
  | 'path as sent'
  | 'root of a mount'

export type StartService = (stepgate: Stepgate, routes: readonly ServiceRoute[]) => Promise<RunningService>

export interface ServiceKind {
  readonly name: string
  /** As the inventory names it. */
  readonly framework: string
  /** What stands before all templates of the service. */
  readonly prefix?: string
  /** Why it lacks what others have. */
  readonly cannot?: Partial<Record<Ability, string>>
  start: StartService
  /** What takes long and needs no middleware yet. Answers what starts the service that was built. */
  build?(routes: readonly ServiceRoute[]): Promise<StartService>
}

export const ALLOWED_ORIGIN = 'https://console.test'
export const OVERRIDE_HEADER = 'x-http-method-override'

export const templateOf = ({ mount = '', path }: ServiceRoute): string => `${mount}${path}`
export const nameOf = (route: ServiceRoute): string => `${route.method} ${templateOf(route)}`

/** What handlers do, whatever they are called by. */
export class Behaviour {
  /** Handlers that ran, as `GET /orders/:orderId`. */
  readonly handled: string[] = []
  #released = Promise.withResolvers<void>()

  /** Lets the streams that wait go on. */
  release(): void {
    this.#released.resolve()
    this.#released = Promise.withResolvers<void>()
  }

  run(route: ServiceRoute, stepgate: StepgateDecision | null | undefined): { handler: string; stepgate: unknown } {
    this.handled.push(nameOf(route))
    if (route.answer === 'error') throw new Error('broken by its handler')
    return { handler: nameOf(route), stepgate: stepgate ?? null }
  }

  /** The second part comes when it is released. */
  async *stream(): AsyncGenerator<Uint8Array> {
    const { promise } = this.#released
    yield new TextEncoder().encode('first\n')
    await promise
    yield new TextEncoder().encode('second\n')
  }
}

export const byMount = (routes: readonly ServiceRoute[]): Map<string, ServiceRoute[]> =>
  Map.groupBy(routes, ({ mount = '' }) => mount)

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

export const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port // it listens on a port

export async function listen(listener: RequestListener, behaviour: Behaviour): Promise<RunningService> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: portOf(server), behaviour, close: () => close(server) }
}
