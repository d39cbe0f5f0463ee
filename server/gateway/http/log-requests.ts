import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'

/** One line a request: the route's template, never the query, which may hold what people typed. */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  const logsAll = logger.isLevelEnabled('debug')
  app.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode < 500 && !logsAll) return done()
    const line = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    }
    if (reply.statusCode >= 500) logger.warn(line, 'answered')
    else logger.debug(line, 'answered')
    done()
  })
}
