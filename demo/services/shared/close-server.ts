import type { Server } from 'node:http'

/** Lets running requests finish; idle connections are closed at once. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeIdleConnections()
  })
