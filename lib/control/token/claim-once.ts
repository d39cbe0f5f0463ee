import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Whether these words are used for the first time, on any gateway. They are remembered until `expiresAt`. */
export async function claimOnce(pool: pg.Pool, words: readonly string[], expiresAt: Date): Promise<boolean> {
  const digest = createHash('sha256').update(words.join(' ')).digest()
  const { rowCount } = await pool.query(
    'INSERT INTO used_assertion (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [digest, expiresAt],
  )
  return rowCount === 1
}
