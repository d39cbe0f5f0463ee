/** The same small service on each framework, so that one suite runs on every adapter. */
import express4 from 'express-4'
import express5 from 'express'
import fastify from 'fastify'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { protectExpress } from '../src/express.ts'
import { stepgateFastify } from '../src/fastify.ts'
import type { Stepgate } from '../src/index.ts'
import { guard } from '../src/node-http.ts'

export interface ServiceRoute {
  readonly method: string
  /** Template within the mount. */
  readonly path: string
  /** Where a router of its own is mounted; the whole template is `mount` and `path`. */
  readonly mount?: string
}

export interface RunningService {
  readonly port: number
  /** Handlers that ran, as `GET /orders/:orderId`. */
  readonly handled: string[]
  close(): Promise<void>
}

export interface ServiceKind {
  readonly name: string
  start(stepgate: Stepgate, routes: readonly ServiceRoute[]): Promise<RunningService>
}

export const templateOf = ({ mount = '', path }: ServiceRoute): string => `${mount}${path}`
const nameOf = (route: ServiceRoute): string => `${route.method} ${templateOf(route)}`

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port // it listens on a port
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

async function run(listener: RequestListener, handled: string[]): Promise<RunningService> {
  const server = createServer(listener)
  const port = await listen(server)
  return { port, handled, close: () => close(server) }
}

type ExpressModule = typeof express5

function expressKind(name: string, express: ExpressModule): ServiceKind {
  return {
    name,
    start: (stepgate, routes) => {
      const app = express()
      protectExpress(app, stepgate)
      const handled: string[] = []
      const routers = new Map<string, ReturnType<ExpressModule['Router']>>()
      for (const route of routes) {
        const target =
          route.mount === undefined ? app : (routers.get(route.mount) ?? express.Router({ mergeParams: true }))
        if (route.mount !== undefined && !routers.has(route.mount))
          app.use(route.mount, routers.set(route.mount, target).get(route.mount) as ReturnType<ExpressModule['Router']>)
        const method = route.method.toLowerCase() as 'get' | 'post' | 'delete'
        target.route(route.path)[method]((request, response) => {
          handled.push(nameOf(route))
          response.json({ handler: nameOf(route), stepgate: request.stepgate ?? null })
        })
      }
      return run(app, handled) // an application is a request listener
    },
  }
}

const fastifyKind: ServiceKind = {
  name: 'Fastify 5',
  start: async (stepgate, routes) => {
    const app = fastify()
    await app.register(stepgateFastify, { stepgate })
    const handled: string[] = []
    for (const route of routes) {
      await app.register(
        (scope, _options, done) => {
          scope.route({
            method: route.method,
            url: route.path,
            handler: (request) => {
              handled.push(nameOf(route))
              return { handler: nameOf(route), stepgate: request.stepgate }
            },
          })
          done()
        },
        route.mount === undefined ? {} : { prefix: route.mount },
      )
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, handled, close: () => app.close() }
  },
}

const toPattern = (template: string): RegExp => new RegExp(`^${template.replace(/:[^/]+/g, '([^/]+)')}$`)

const httpKind: ServiceKind = {
  name: 'node:http',
  start: (stepgate, routes) => {
    const handled: string[] = []
    const handlers = routes.map((route) => {
      const answer = (request: IncomingMessage, response: ServerResponse): void => {
        handled.push(nameOf(route))
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ handler: nameOf(route), stepgate: request.stepgate ?? null }))
      }
      return {
        method: route.method,
        pattern: toPattern(templateOf(route)),
        handle: guard(stepgate, route.method, templateOf(route), answer),
      }
    })
    const listener: RequestListener = (request, response) => {
      const url = request.url ?? ''
      const path = (URL.canParse(url) ? new URL(url).pathname : url).split(/[?#]/, 1)[0] ?? ''
      const method = request.method === 'HEAD' ? 'GET' : request.method
      const found = handlers.find((candidate) => candidate.method === method && candidate.pattern.test(path))
      if (found === undefined) response.writeHead(404).end()
      else found.handle(request, response)
    }
    return run(listener, handled)
  },
}

export const SERVICE_KINDS: readonly ServiceKind[] = [
  expressKind('Express 5', express5),
  expressKind('Express 4', express4), // the same calls, as far as they are used here
  fastifyKind,
  httpKind,
]
