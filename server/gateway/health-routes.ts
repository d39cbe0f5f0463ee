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
  const answersInTime = createPing(pool)
  app.get('/livez', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_, reply) => {
    const checks = { database: await answersInTime(), revisions: feed.isCurrent() }
    const isReady = checks.database && checks.revisions
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready', checks })
  })
  app.get('/metrics', async (_, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.render()))
}

/** However often it is asked: one question at a time, so that a silent database does not use up the connections. */
function createPing(pool: pg.Pool): () => Promise<boolean> {
  let pending: Promise<boolean> | null = null
  const ask = async (): Promise<boolean> => {
    try {
      await pool.query('SELECT 1')
      return true
    } catch {
      return false
    } finally {
      pending = null
    }
  }
  return () =>
    Promise.race([
      (pending ??= ask()),
      new Promise<boolean>((resolve) => setTimeout(resolve, PING_TIMEOUT_MS, false).unref()),
    ])
}
