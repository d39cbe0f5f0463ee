import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '#lib/store/database.ts'

/** Any number, the same for every worker of one database. */
const LOCK = 7_483_650_113
const RETRY_MS = 5_000
const CHECK_MS = 5_000

/**
 * Runs `lead` while this process is the one worker of the database, and again whenever it becomes it. Leadership is a session-level
 * advisory lock: it ends with the connection, so that a worker that is cut off cannot hold it.
 */
export async function keepLeadership(
  database: Database,
  log: Logger,
  stop: AbortSignal,
  lead: (until: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!stop.aborted) {
    await tryToLead(database, stop, lead).catch((error: unknown) => {
      if (!stop.aborted) log.warn({ err: error }, 'the worker lost its database connection')
    })
    await delay(RETRY_MS, undefined, { signal: stop }).catch(() => undefined)
  }
}

async function tryToLead(
  database: Database,
  stop: AbortSignal,
  lead: (until: AbortSignal) => Promise<void>,
): Promise<void> {
  const client = database.createClient()
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  await client.connect()
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK])
    if (rows[0]?.locked !== true) return
    const check = setInterval(() => void client.query({ text: 'SELECT 1' }).catch(() => lost.abort()), CHECK_MS)
    await lead(AbortSignal.any([stop, lost.signal])).finally(() => clearInterval(check))
  } finally {
    await client.end().catch(() => undefined)
  }
}
