import type { FastifyRequest } from 'fastify'
import type { RequestReader } from '../guard/request-reader.ts'
import { httpRequestReader } from './http-request-reader.ts'

/** Requests of Fastify, which knows the parameters and, where it rewrites URLs, the one that was sent. */
export const fastifyRequestReader: RequestReader<FastifyRequest> = {
  authorization: ({ raw }) => raw.headers.authorization,
  userAgent: ({ raw }) => raw.headers['user-agent'],
  header: ({ raw }, name) => httpRequestReader.header(raw, name),
  method: ({ method }) => method,
  path: ({ originalUrl }) => originalUrl.split('?', 1)[0] ?? '',
  params: ({ params }) => (params ?? {}) as Readonly<Record<string, unknown>>, // find-my-way's, typed by each route
  socket: ({ raw }) => raw.socket,
}
