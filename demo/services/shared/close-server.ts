import { once } from 'node:events'
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'

/** Node keeps a connection at rest for 5 s and says so; callers that heed it leave alone what was at rest for 3. */
const DRAIN_MS = 3_200

/** Lets running requests finish; idle connections are closed at once. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeIdleConnections()
  })

/** Hands over to another process on the same port: no connection is closed on which somebody may just be sending. */
export async function drainServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  // Without what an HTTP server adds to it, which closes idle connections.
  NetServer.prototype.close.call(server)
  await new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
  server.closeIdleConnections()
  await closed
}
