import type { IncomingMessage } from 'node:http'
import type { RequestReader } from '../../guard/request-reader.ts'
import type { HonoContext } from './hono-internals.ts'

const incomingOf = ({ env }: HonoContext): IncomingMessage | undefined => env?.incoming ?? env?.server?.incoming

const readHeader = ({ req }: HonoContext, name: string): string | undefined => req.raw.headers.get(name) ?? undefined

/** `Request` has its path normalised; what was sent is known where Hono runs on @hono/node-server. */
function readPath(context: HonoContext): string {
  return incomingOf(context)?.url?.split('?', 1)[0] ?? new URL(context.req.raw.url).pathname
}

/** Requests of Hono. The connection is known on @hono/node-server alone. */
export const honoRequestReader: RequestReader<HonoContext> = {
  authorization: (context) => readHeader(context, 'authorization'),
  userAgent: (context) => readHeader(context, 'user-agent'),
  header: readHeader,
  method: ({ req }) => req.method,
  path: readPath,
  params: ({ req }) => req.param(),
  socket: (context) => incomingOf(context)?.socket,
}
