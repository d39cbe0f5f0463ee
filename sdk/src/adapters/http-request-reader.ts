import type { IncomingMessage } from 'node:http'
import type { RequestReader } from '../guard/request-reader.ts'

/** What Express adds to the request before a route's handlers run. */
interface RoutedRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly params?: Readonly<Record<string, unknown>>
}

const NO_PARAMS: Readonly<Record<string, unknown>> = Object.freeze({})

/** HTTP/2 names the host in a header of its own. */
function readHeader({ headers }: IncomingMessage, name: string): string | undefined {
  const value = name === 'host' ? (headers.host ?? headers[':authority']) : headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Express cuts mount paths off `url` and keeps what was sent. */
const originalUrl = (request: RoutedRequest): string => request.originalUrl ?? request.url ?? ''

/** Requests of `node:http`, on which Express and others are built. */
export const httpRequestReader: RequestReader<RoutedRequest> = {
  authorization: (request) => request.headers.authorization,
  userAgent: (request) => request.headers['user-agent'],
  header: readHeader,
  method: (request) => request.method ?? '',
  path: (request) => originalUrl(request).split('?', 1)[0] ?? '',
  params: (request) => request.params ?? NO_PARAMS,
  socket: (request) => request.socket,
}
