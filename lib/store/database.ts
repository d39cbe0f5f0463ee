import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type ConnectionOptions, toConnectionSettings } from './connection-settings.ts'
import { PrismaClient } from './generated/client.ts'

/** A socket behind which nobody answers any more never reports an error; the query fails and its connection is replaced. */
const QUERY_TIMEOUT_MS = 20_000

/** Half a million rows take their time, and nobody waits for them. */
export const PATIENT = { query_timeout: 300_000 } as const

export interface DatabaseOptions extends ConnectionOptions {
  /** Connections of each of the two pools. */
  readonly connectionsMax?: number
}

export interface Database {
  /** Entities. */
  readonly prisma: PrismaClient
  /** Hot tables and plain SQL. */
  readonly pool: pg.Pool
  /** A connection of its own, not yet connected, for LISTEN and session-level advisory locks. */
  createClient(): pg.Client
  close(): Promise<void>
}

/** Opens two pools lazily: nothing connects before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = toConnectionSettings(options)
  const createPool = () => {
    const pool = new pg.Pool({
      ...settings,
      max: options.connectionsMax ?? 8,
      idleTimeoutMillis: 60_000,
      query_timeout: QUERY_TIMEOUT_MS,
    })
    // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
    pool.on('error', () => undefined)
    // So would one that breaks between two statements of a transaction, for which the pool does not listen.
    pool.on('connect', (client) => client.on('error', () => undefined))
    return pool
  }
  const prismaPool = createPool()
  const pool = createPool()
  const prisma = new PrismaClient({
    adapter: new PrismaPg(prismaPool),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  })
  return {
    prisma,
    pool,
    createClient: () => new pg.Client(settings),
    close: async () => {
      await prisma.$disconnect()
      await Promise.all([prismaPool.end(), pool.end()])
    },
  }
}
