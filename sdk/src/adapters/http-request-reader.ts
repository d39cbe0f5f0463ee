import type { IncomingMessage } from 'node:http'
import type { RequestReader } from '../guard/request-reader.ts'

/** Requests of `node:http`, on which Express and Fastify are built. */
export const httpRequestReader: RequestReader<IncomingMessage> = {
  authorization: (request) => request.headers.authorization,
  userAgent: (request) => request.headers['user-agent'],
  forwardedFor: (request) => {
    const value = request.headers['x-forwarded-for']
    return Array.isArray(value) ? value.join(',') : value
  },
  socketAddress: (request) => request.socket.remoteAddress,
  path: (request) => originalUrl(request).split('?', 1)[0] ?? '',
}

/** Express cuts mount paths off `url` and keeps what was sent. */
const originalUrl = (request: IncomingMessage & { readonly originalUrl?: string }): string =>
  request.originalUrl ?? request.url ?? ''
