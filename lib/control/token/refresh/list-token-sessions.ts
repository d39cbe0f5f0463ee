import type { z } from 'zod'
import type { TokenSession } from '../../../contract/token-activity.ts'
import { requireRole, type Actor } from '../../actor.ts'
import type { ControlContext } from '../../context.ts'
import { onePage, type Page } from '../../cursor.ts'
import { getEnvironmentId } from '../../environment/get-environment.ts'
import { getIdentityRow } from '../../identity/get-identity-row.ts'

/** Living ones first, then the newest. */
const SHOWN_MAX = 100

interface Row {
  readonly id: string
  readonly audience: string
  readonly scopes: string[]
  readonly subject: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly endsAt: Date
  readonly state: z.output<typeof TokenSession>['state']
}

/** The sessions that refresh tokens of an identity carry on. */
export async function listTokenSessions(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  clientId: string,
): Promise<Page<z.output<typeof TokenSession>>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const identity = await getIdentityRow(ctx.database, clientId)
  const { rows } = await ctx.pool.query<Row>(
    `SELECT id, audience, scopes, subject ->> 'sub' AS subject, created_at AS "createdAt", last_used_at AS "lastUsedAt",
       ends_at AS "endsAt",
       CASE WHEN revoked_because = 'reuse' THEN 'reused' WHEN revoked_at IS NOT NULL THEN 'revoked'
         WHEN ends_at <= now() OR NOT EXISTS (
           SELECT FROM refresh_token WHERE family_id = refresh_family.id AND used_at IS NULL AND ends_at > now()) THEN 'ended'
         ELSE 'live' END AS state
     FROM refresh_family WHERE identity_id = $1 AND environment_id = $2
     ORDER BY revoked_at IS NULL AND ends_at > now() DESC, created_at DESC, id LIMIT ${SHOWN_MAX}`,
    [identity.id, environmentId],
  )
  return onePage(
    rows.map((row) => ({
      ...row,
      clientId,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      endsAt: row.endsAt.toISOString(),
    })),
  )
}
