import type pg from 'pg'
import type { Logger } from 'pino'
import { recordTokenActivity, type TokenActivityCount } from '#lib/control/token/record-token-activity.ts'
import { flushPeriodically } from '../flush-periodically.ts'

const FLUSH_INTERVAL_MS = 1_000
const KEPT_MAX = 20_000
const HOUR_MS = 3_600_000

export type TokenActivity = Omit<TokenActivityCount, 'hour' | 'count' | 'firstAt' | 'lastAt'>

type Counting = { -readonly [Key in keyof TokenActivityCount]: TokenActivityCount[Key] }

export interface TokenActivityRegister {
  record(activity: TokenActivity): void
  flush(): Promise<void>
  close(): Promise<void>
}

/** Counts what the token endpoints answered, in memory, and writes it every second: no answer waits for it. */
export function createTokenActivityRegister(pool: pg.Pool, logger: Logger): TokenActivityRegister {
  let counts = new Map<string, Counting>()

  const add = (entry: TokenActivityCount): void => {
    const { environmentId, hour, clientId, event, detail, audience, credentialKind } = entry
    // An audience is whatever was asked for; it comes last, so that no two entries share a key.
    const key = `${environmentId} ${hour.getTime()} ${clientId} ${event} ${detail} ${credentialKind} ${audience}`
    const known = counts.get(key)
    if (known !== undefined) merge(known, entry)
    else if (counts.size < KEPT_MAX) counts.set(key, { ...entry })
  }

  const write = async (): Promise<void> => {
    if (counts.size === 0) return
    const writing = counts
    counts = new Map()
    try {
      await recordTokenActivity(pool, [...writing.values()])
    } catch (error) {
      for (const entry of writing.values()) add(entry)
      throw error
    }
  }

  const { flush, close } = flushPeriodically({ write, intervalMs: FLUSH_INTERVAL_MS, logger, what: 'token activity' })
  return {
    record: (activity) => {
      const now = new Date()
      const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS)
      add({ ...activity, hour, count: 1, firstAt: now, lastAt: now })
    },
    flush,
    close,
  }
}

function merge(known: Counting, { count, lifetimeSeconds, firstAt, lastAt }: TokenActivityCount): void {
  known.count += count
  known.lifetimeSeconds = Math.max(known.lifetimeSeconds ?? 0, lifetimeSeconds ?? 0) || null
  if (firstAt < known.firstAt) known.firstAt = firstAt
  if (lastAt > known.lastAt) known.lastAt = lastAt
}
