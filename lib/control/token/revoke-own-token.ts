import type { Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { revokeToken } from './revoke-token.ts'
import { TokenError } from './token-error.ts'

/** Every service is told of each: no identity fills the list. */
const REVOKED_BY_ONE_MAX = 200

export interface OwnToken {
  readonly environmentSlug: string
  /** The identity the token was issued to, which asks. */
  readonly clientId: string
  readonly identityId: string
  readonly tokenId: string
  readonly expiresAt: Date
}

/** An access token that its holder wants refused from now on (RFC 7009). Whoever calls has made sure that it is the holder. */
export async function revokeOwnToken(ctx: ControlContext, token: OwnToken, requestId: string): Promise<void> {
  const { clientId, identityId, tokenId, expiresAt } = token
  const actor: Actor = { kind: 'identity', id: identityId, name: clientId, role: 'viewer', accountId: null, requestId }
  await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, token.environmentSlug)
    const live = { environmentId: environment.id, expiresAt: { gt: new Date() } }
    if ((await tx.revokedToken.count({ where: { ...live, tokenId } })) > 0) return
    if ((await tx.revokedToken.count({ where: { ...live, revokedBy: clientId } })) >= REVOKED_BY_ONE_MAX)
      throw new TokenError(
        'slow_down',
        `${REVOKED_BY_ONE_MAX} tokens that are still living were revoked already; let some end.`,
      )
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'token.revoke',
      environment: environment.slug,
      target: { kind: 'token', id: tokenId, name: `${clientId}: ${tokenId}` },
      before: null,
      after: { revoked: true },
    })
    const publication = { environmentId: environment.id, actorName: clientId, auditEntryId }
    await revokeToken(tx, { ...publication, tokenId, expiresAt, revokedBy: clientId })
  })
}
