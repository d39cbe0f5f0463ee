import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Whether the assertion is used for the first time, on any gateway. */
export async function claimAssertion(
  pool: pg.Pool,
  credentialId: string,
  assertionId: string,
  expiresAt: Date,
): Promise<boolean> {
  const digest = createHash('sha256').update(`${credentialId} ${assertionId}`).digest()
  const { rowCount } = await pool.query(
    'INSERT INTO used_assertion (digest, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [digest, expiresAt],
  )
  return rowCount === 1
}
