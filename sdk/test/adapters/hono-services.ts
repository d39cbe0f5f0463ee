import { getRequestListener } from '@hono/node-server'
import { Hono, type Handler } from 'hono'
import type { BlankEnv } from 'hono/types'
import { cors } from 'hono/cors'
import { methodOverride } from 'hono/method-override'
import type { IncomingMessage, RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { protectHono } from '../../src/hono.ts'
import {
  ALLOWED_ORIGIN,
  Behaviour,
  byMount,
  listen,
  OVERRIDE_HEADER,
  type ServiceKind,
  type ServiceRoute,
} from './service-kind.ts'

interface HonoVariant {
  readonly options: string
  readonly prefix?: string
  readonly application?: ConstructorParameters<typeof Hono>[0]
  /** How routes of a mount are added. */
  readonly mounts?: 'route' | 'basePath'
  readonly plain?: true
  readonly cannot?: ServiceKind['cannot']
}

const handlerOf =
  (behaviour: Behaviour, route: ServiceRoute): Handler =>
  (context) => {
    const answer = behaviour.run(route, context.get('stepgate'))
    if (route.answer !== 'stream') return context.json(answer)
    return new Response(Readable.toWeb(Readable.from(behaviour.stream())) as ReadableStream) // Node's is the web's
  }

function addRoutes(target: Hono, behaviour: Behaviour, routes: readonly ServiceRoute[]): void {
  for (const route of routes) target.on(route.method, [route.path], handlerOf(behaviour, route))
}

const toRequest = ({ method = '', headers, url = '' }: IncomingMessage): Request =>
  new Request(new URL(url, 'http://test'), { method, headers: Object.entries(headers) as [string, string][] }) // none is sent twice

/** A host that calls `fetch` and tells nothing of the connection. */
const plainListener =
  (app: Hono): RequestListener =>
  async (incoming, outgoing) => {
    const response = await app.fetch(toRequest(incoming))
    outgoing.statusCode = response.status
    outgoing.setHeaders(response.headers)
    for await (const part of response.body ?? []) outgoing.write(part)
    outgoing.end()
  }

const honoKind = ({
  options,
  prefix = '',
  application = {},
  mounts = 'route',
  plain,
  cannot = {},
}: HonoVariant): ServiceKind => ({
  name: options === '' ? 'Hono 4' : `Hono 4 with ${options}`,
  framework: 'hono',
  prefix,
  cannot,
  start: (stepgate, routes) => {
    const app = new Hono<BlankEnv>(application)
    protectHono(app, stepgate)
    app.onError((_error, context) => context.text('the own answer', 500))
    app.use(cors({ origin: ALLOWED_ORIGIN }), methodOverride({ app, header: OVERRIDE_HEADER }))
    const behaviour = new Behaviour()
    const root = prefix === '' ? app : app.basePath(prefix)
    for (const [mount, mounted] of byMount(routes)) {
      if (mount === '' || mounts === 'basePath') {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- what Hono itself answers
        addRoutes(mount === '' ? root : root.basePath(mount), behaviour, mounted)
        continue
      }
      const sub = new Hono()
      sub.use(async (_context, next) => next())
      addRoutes(sub, behaviour, mounted)
      root.route(mount, sub)
    }
    return listen(plain === true ? plainListener(app) : getRequestListener(app.fetch), behaviour)
  },
})

const withoutQuery = (url: string): string => new URL(url).pathname

const VARIANTS: readonly HonoVariant[] = [
  { options: '' },
  { options: 'strict: false', application: { strict: false } },
  { options: 'a base path', prefix: '/api' },
  { options: 'base paths instead of applications that are taken in', mounts: 'basePath' },
  {
    options: 'getPath',
    prefix: '/host/:host',
    application: { getPath: (request) => `/host/${request.headers.get('host') ?? ''}${withoutQuery(request.url)}` },
  },
  {
    options: 'fetch alone',
    plain: true,
    cannot: { address: 'fetch tells no connection', 'path as sent': 'a Request has its path normalised' },
  },
]

export const HONO_KINDS: readonly ServiceKind[] = VARIANTS.map(honoKind)
