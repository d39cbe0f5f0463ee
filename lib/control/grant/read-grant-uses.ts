import type pg from 'pg'
import { readGrantUse, type GrantUse } from '#lib/store/decisions/read-grant-use.ts'

const WINDOW_MS = 30 * 86_400_000

/** Whether each standing grant was needed in the last 30 days; by grant id. */
export async function readGrantUses(pool: pg.Pool, environmentId: string): Promise<Map<string, GrantUse>> {
  const uses = await readGrantUse(pool, environmentId, new Date(Date.now() - WINDOW_MS))
  return new Map(uses.map((use) => [use.grantId, use]))
}
