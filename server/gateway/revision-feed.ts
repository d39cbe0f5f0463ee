import type pg from 'pg'
import type { Logger } from 'pino'
import { REVISION_CHANNEL } from '#lib/control/publication/publish-revision.ts'

const POLL_INTERVAL_MS = 1_000
const CONNECT_TIMEOUT_MS = 5_000
const QUERY_TIMEOUT_MS = 800
const RECONNECT_DELAY_MS = 250

/** Told after every publication, on whichever gateway it happened. */
export type OnPublished = (environmentId: string) => void

export interface RevisionFeed {
  /** Whether the newest revisions are known at this moment. */
  isCurrent(): boolean
  close(): Promise<void>
}

interface FeedOptions {
  readonly createClient: () => pg.Client
  readonly onPublished: OnPublished
  readonly logger: Logger
}

/**
 * Follows publications over one connection: notifications for speed, and a look at the versions every second, because
 * notifications are lost while a connection is down and a black-holed socket never reports an error. Each look has a
 * deadline; missing it replaces the connection.
 */
export function followRevisions({ createClient, onPublished, logger }: FeedOptions): RevisionFeed {
  const known = new Map<string, string>()
  let client: pg.Client | null = null
  let lastLookAt = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> = Promise.resolve()

  const learn = (environmentId: string, version: string): void => {
    if (known.get(environmentId) === version) return
    known.set(environmentId, version)
    onPublished(environmentId)
  }

  const connect = async (): Promise<pg.Client> => {
    const fresh = createClient()
    fresh.on('error', () => undefined)
    fresh.on('notification', ({ payload }) => {
      const [environmentId] = (payload ?? '').split(':')
      if (environmentId) onPublished(environmentId)
    })
    await withDeadline(fresh.connect(), fresh, CONNECT_TIMEOUT_MS)
    await withDeadline(fresh.query(`LISTEN ${REVISION_CHANNEL}`), fresh)
    // What was notified meanwhile is lost, and not all of it has a version: everything counts as published anew.
    known.clear()
    return fresh
  }

  const look = async (): Promise<void> => {
    client ??= await connect()
    const query = client.query<{ id: string; version: string }>(
      `SELECT id, epoch || ':' || revision AS version FROM environment`,
    )
    const { rows } = await withDeadline(query, client)
    for (const { id, version } of rows) learn(id, version)
    lastLookAt = Date.now()
  }

  const lookAgain = async (): Promise<void> => {
    let delayMs = POLL_INTERVAL_MS
    try {
      await look()
    } catch (error) {
      if (client !== null) logger.warn({ err: error }, 'the revision feed lost its connection')
      void client?.end().catch(() => undefined)
      client = null
      delayMs = RECONNECT_DELAY_MS
    }
    if (!closed) timer = setTimeout(() => void (round = lookAgain()), delayMs)
  }

  round = lookAgain()
  return {
    isCurrent: () => Date.now() - lastLookAt < 3 * POLL_INTERVAL_MS,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await round
      await client?.end().catch(() => undefined)
    },
  }
}

/**
 * Settles within the deadline; a connection that missed it is destroyed, so that its query cannot linger. An answer that has
 * arrived while this process was busy is read first.
 */
async function withDeadline<Result>(
  work: Promise<Result>,
  client: pg.Client,
  timeoutMs = QUERY_TIMEOUT_MS,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let settled = false
  const giveUp = (): void => {
    if (settled) return
    const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection // pg has no way to drop a silent socket
    stream.destroy()
    reject(new Error(`The database did not answer within ${timeoutMs} ms.`))
  }
  const timer = setTimeout(() => setImmediate(giveUp), timeoutMs)
  try {
    return await Promise.race([work, late])
  } finally {
    settled = true
    clearTimeout(timer)
  }
}
