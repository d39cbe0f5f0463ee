import { systemActor } from '../../actor.ts'
import type { ControlContext } from '../../context.ts'
import { hashOpaqueToken } from '../../opaque-token.ts'
import { endRefreshFamily } from './end-refresh-family.ts'
import { successorOf } from './refresh-token.ts'

/** An answer may be lost: for so long the token before is answered with the same successor, while that one is unused. */
const GRACE_SECONDS = 30

export type RefreshUse =
  { readonly outcome: 'refreshed'; readonly successor: string } | { readonly outcome: 'over' | 'reused' }

const USE = `
  WITH used AS (
    UPDATE refresh_token token SET used_at = now()
    FROM refresh_family family
    WHERE token.digest = $1 AND family.id = token.family_id AND token.used_at IS NULL AND token.ends_at > now()
      AND family.revoked_at IS NULL AND family.ends_at > now()
    RETURNING family.id, family.idle_seconds, family.ends_at
  ), touched AS (
    UPDATE refresh_family family SET last_used_at = now() FROM used WHERE family.id = used.id
  )
  INSERT INTO refresh_token (digest, family_id, ends_at)
  SELECT $2, id, least(ends_at, now() + make_interval(secs => idle_seconds)) FROM used`

const PAST = `
  SELECT token.family_id AS "familyId", token.used_at IS NOT NULL AS "isUsed", family.revoked_at IS NOT NULL AS "isRevoked",
    coalesce(token.used_at > now() - make_interval(secs => $3) AND next.used_at IS NULL AND next.ends_at > now(), false) AS "isRepeat"
  FROM refresh_token token JOIN refresh_family family ON family.id = token.family_id
  LEFT JOIN refresh_token next ON next.digest = $2
  WHERE token.digest = $1`

/**
 * Uses a refresh token, on whichever gateway it comes first, and answers the one that follows. A token that was used before, and is
 * not merely sent again because the answer was lost, is in two hands: its whole family is revoked (RFC 9700, section 4.14.2).
 */
export async function useRefreshToken(ctx: ControlContext, token: string): Promise<RefreshUse> {
  const successor = successorOf(ctx.refreshKey, token)
  const digests = [hashOpaqueToken(token), hashOpaqueToken(successor)]
  const { rowCount } = await ctx.pool.query({ name: 'use-refresh-token', text: USE, values: digests })
  return rowCount === 1 ? { outcome: 'refreshed', successor } : useAgain(ctx, digests, successor)
}

interface Past {
  readonly familyId: string
  readonly isUsed: boolean
  readonly isRevoked: boolean
  readonly isRepeat: boolean
}

async function useAgain(ctx: ControlContext, digests: readonly Uint8Array[], successor: string): Promise<RefreshUse> {
  const { rows } = await ctx.pool.query<Past>({
    name: 'past-of-refresh-token',
    text: PAST,
    values: [...digests, GRACE_SECONDS],
  })
  const [past] = rows
  if (past === undefined || past.isRevoked || !past.isUsed) return { outcome: 'over' }
  if (past.isRepeat) return { outcome: 'refreshed', successor }
  const end = { familyId: past.familyId, because: 'reuse', reason: 'A refresh token was used a second time.' } as const
  await ctx.transact((tx) => endRefreshFamily(tx, systemActor('stepgate'), end))
  return { outcome: 'reused' }
}
