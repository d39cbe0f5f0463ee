import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { hashOpaqueToken } from '../../opaque-token.ts'
import type { SessionSubject } from './refresh-family.ts'
import { createRefreshToken } from './refresh-token.ts'

export interface RefreshStart {
  readonly environmentId: string
  readonly identityId: string
  readonly audience: string
  readonly scopes: readonly string[]
  readonly subject: SessionSubject | null
  readonly lifetimes: { readonly seconds: number; readonly idleSeconds: number }
}

/** Begins a session and answers its first refresh token. */
export async function startRefreshFamily(pool: pg.Pool, start: RefreshStart): Promise<string> {
  const token = createRefreshToken()
  await pool.query(
    `WITH family AS (
       INSERT INTO refresh_family (id, environment_id, identity_id, audience, scopes, subject, idle_seconds, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
       RETURNING id, ends_at
     )
     INSERT INTO refresh_token (digest, family_id, ends_at)
     SELECT $9, id, least(ends_at, now() + make_interval(secs => $7)) FROM family`,
    [
      randomUUID(),
      start.environmentId,
      start.identityId,
      start.audience,
      start.scopes,
      start.subject,
      start.lifetimes.idleSeconds,
      start.lifetimes.seconds,
      hashOpaqueToken(token),
    ],
  )
  return token
}
