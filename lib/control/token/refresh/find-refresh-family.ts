import type pg from 'pg'
import { hashOpaqueToken } from '../../opaque-token.ts'
import type { RefreshFamily } from './refresh-family.ts'

export interface PresentedRefreshToken {
  readonly family: RefreshFamily
  readonly identityId: string
  readonly environmentId: string
  readonly issuedAt: Date
  /** When it ends unless it is used. */
  readonly endsAt: Date
  readonly isUsed: boolean
  /** The session was revoked, or has ended, or was not used for too long. */
  readonly isOver: boolean
}

/** Whose session a refresh token belongs to; null for one that nobody was given. */
export async function findRefreshFamily(pool: pg.Pool, token: string): Promise<PresentedRefreshToken | null> {
  const { rows } = await pool.query<
    Omit<PresentedRefreshToken, 'family'> & Omit<RefreshFamily, 'endsAt'> & { familyEndsAt: Date }
  >(
    `SELECT family.id, family.identity_id AS "identityId", family.environment_id AS "environmentId", family.audience,
       family.scopes, family.subject, family.idle_seconds AS "idleSeconds", family.ends_at AS "familyEndsAt",
       token.issued_at AS "issuedAt", token.ends_at AS "endsAt", token.used_at IS NOT NULL AS "isUsed",
       family.revoked_at IS NOT NULL OR family.ends_at <= now() OR token.used_at IS NULL AND token.ends_at <= now() AS "isOver"
     FROM refresh_token token JOIN refresh_family family ON family.id = token.family_id
     WHERE token.digest = $1`,
    [hashOpaqueToken(token)],
  )
  const [row] = rows
  if (row === undefined) return null
  const { id, audience, scopes, subject, idleSeconds, familyEndsAt, ...presented } = row
  return { ...presented, family: { id, audience, scopes, subject, idleSeconds, endsAt: familyEndsAt } }
}
