import { createHash, randomUUID } from 'node:crypto'
import {
  Agent,
  request as sendRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream'
import { ControlError } from '#lib/control/control-error.ts'
import type { ConsoleTarget } from '../gateway-settings.ts'
import type { ReadClientAddress } from './client-address.ts'
import { securityHeaders, transportSecurity } from './security-headers.ts'
import { writeProblem } from './write-problem.ts'

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
const CONNECTIONS_MAX = 64

export interface ConsoleProxyOptions {
  /** Null where this gateway serves no console. */
  readonly target: ConsoleTarget | null
  readonly publicUrl: string
  readonly readAddress: ReadClientAddress
}

export interface ConsoleProxy {
  readonly forward: RequestListener
  close(): void
}

/** Passes a browser's request to the console process and its answer back, both as streams. */
export function createConsoleProxy({ target, publicUrl, readAddress }: ConsoleProxyOptions): ConsoleProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
  const protocol = new URL(publicUrl).protocol.slice(0, -1)
  const added = transportSecurity(publicUrl)

  const forward = (request: IncomingMessage, response: ServerResponse, isRetry = false): void => {
    if (target === null)
      return void writeProblem(response, new ControlError('route-not-found'), randomUUID(), securityHeaders(publicUrl))
    const headers = toConsoleHeaders(request.headers, readAddress(request), protocol)
    const upstream = sendRequest({ ...target, agent, method: request.method, path: request.url, headers })
    upstream.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutHopByHop({ ...answer.headers, ...added }))
      pipeline(answer, response, () => undefined)
    })
    upstream.once('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent || response.destroyed) return void response.destroy()
      // A kept connection that the console closed at the same moment: the request was not read.
      if (upstream.reusedSocket && error.code === 'ECONNRESET' && !hasBody(request) && !isRetry)
        return forward(request, response, true)
      answerAway(request, response, publicUrl)
    })
    response.once('close', () => upstream.destroy())
    if (hasBody(request)) pipeline(request, upstream, () => undefined)
    else upstream.end()
  }
  return { forward: (request, response) => forward(request, response), close: () => agent.destroy() }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !named.includes(name)),
  )
}

/** What the browser says of addresses and hosts is replaced: the console believes its gateway alone. */
function toConsoleHeaders(headers: IncomingHttpHeaders, address: string, protocol: string): IncomingHttpHeaders {
  const { forwarded: _, ...rest } = withoutHopByHop(headers)
  return { ...rest, 'x-forwarded-for': address, 'x-forwarded-proto': protocol, 'x-forwarded-host': headers.host ?? '' }
}

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}'
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="2"><title>Stepgate</title><style>${STYLE}</style></head><body><h1>The console is starting</h1><p>This page tries again by itself. Your services are not affected: they decide on their own.</p></body></html>`
const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`

function answerAway(request: IncomingMessage, response: ServerResponse, publicUrl: string): void {
  const headers = securityHeaders(publicUrl)
  if (!(request.headers.accept ?? '').includes('text/html')) {
    return void writeProblem(
      response,
      new ControlError('unavailable', 'The console is starting. Try again in a moment.'),
      randomUUID(),
      headers,
    )
  }
  response.writeHead(503, {
    ...headers,
    'content-security-policy': PAGE_POLICY,
    'content-type': 'text/html; charset=utf-8',
    'retry-after': '2',
  })
  response.end(PAGE)
}
