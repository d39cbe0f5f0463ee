import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { guard } from '../../src/node-http.ts'
import type { Stepgate } from '../../src/index.ts'
import { Behaviour, listen, nameOf, templateOf, type ServiceKind, type ServiceRoute } from './service-kind.ts'

const toPattern = (template: string): RegExp =>
  new RegExp(`^${template.replace(/:([^/]+)/g, '(?<$1>[^/]+)').replace(/(?<=.)\/$/, '/?')}$`)

const pathOf = ({ url = '' }: IncomingMessage): string =>
  (URL.canParse(url) ? new URL(url).pathname : url).split(/[?#]/, 1)[0] ?? ''

const readParams = (pattern: RegExp, path: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(pattern.exec(path)?.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  )

/** The router of a service that has none of somebody else's. */
class HandWritten {
  readonly #handlers: { method: string; pattern: RegExp; handle: (q: IncomingMessage, s: ServerResponse) => void }[] =
    []
  readonly #behaviour: Behaviour

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
  }

  add(stepgate: Stepgate, route: ServiceRoute): void {
    const { method } = route
    const pattern = toPattern(templateOf(route))
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.#answer(route, request, response)
    const params = (request: IncomingMessage): Record<string, string> => readParams(pattern, pathOf(request))
    this.#handlers.push({ method, pattern, handle: guard(stepgate, method, templateOf(route), answer, { params }) })
  }

  listener(): RequestListener {
    return (request, response) => {
      const method = request.method === 'HEAD' ? 'GET' : request.method
      const path = pathOf(request)
      const found = this.#handlers.find((candidate) => candidate.method === method && candidate.pattern.test(path))
      if (found === undefined) response.writeHead(404).end()
      else this.#run(() => found.handle(request, response), response)
    }
  }

  #run(handle: () => void, response: ServerResponse): void {
    try {
      handle()
    } catch {
      response.writeHead(500).end('the own answer')
    }
  }

  #answer(route: ServiceRoute, request: IncomingMessage, response: ServerResponse): void {
    const answer = this.#behaviour.run(route, request.stepgate)
    if (route.answer === 'stream') Readable.from(this.#behaviour.stream()).pipe(response)
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  }
}

export const HTTP_KIND: ServiceKind = {
  name: 'node:http',
  framework: 'node:http',
  cannot: {
    all: 'each guard is one endpoint',
    preflight: 'there is no middleware',
    override: 'there is no middleware',
  },
  start: (stepgate, routes) => {
    const behaviour = new Behaviour()
    const service = new HandWritten(behaviour)
    for (const route of routes.filter((each) => !nameOf(each).startsWith('ALL '))) service.add(stepgate, route)
    return listen(service.listener(), behaviour)
  },
}
