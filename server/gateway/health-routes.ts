import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Metrics } from './metrics.ts'
import type { RevisionFeed } from './revision-feed.ts'

const PING_TIMEOUT_MS = 1_000

interface HealthOptions {
  readonly pool: pg.Pool
  readonly feed: RevisionFeed
  readonly metrics: Metrics
}

export function registerHealthRoutes(app: FastifyInstance, { pool, feed, metrics }: HealthOptions): void {
  app.get('/livez', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_, reply) => {
    const checks = { database: await answersInTime(pool), revisions: feed.isCurrent() }
    const isReady = checks.database && checks.revisions
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready', checks })
  })
  app.get('/metrics', async (_, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.render()))
}

async function answersInTime(pool: pg.Pool): Promise<boolean> {
  const ping = pool.query('SELECT 1').then(
    () => true,
    () => false,
  )
  return Promise.race([ping, new Promise<boolean>((resolve) => setTimeout(resolve, PING_TIMEOUT_MS, false).unref())])
}
