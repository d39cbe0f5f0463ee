import type pg from 'pg'
import { readTokenUses, type TokenUses } from '#lib/store/decisions/read-token-uses.ts'
import { createStaleCache, perOwner } from '../serve-stale.ts'

/** A month of hours is read: what it says does not change within seconds. */
const FRESH_MS = 15_000
const STALE_MS = 15 * 60_000
const DAY_MS = 86_400_000

const cacheOf = perOwner<pg.Pool, ReturnType<typeof createStaleCache<readonly TokenUses[]>>>(() =>
  createStaleCache<readonly TokenUses[]>({ freshMs: FRESH_MS, staleMs: STALE_MS }),
)

/** Ages of valid tokens at use in the last days; may be some seconds old. */
export const loadTokenUses = (pool: pg.Pool, environmentId: string, days: number): Promise<readonly TokenUses[]> =>
  cacheOf(pool)(`${environmentId} ${days}`, '', () =>
    readTokenUses(pool, environmentId, new Date(Date.now() - days * DAY_MS)),
  )
