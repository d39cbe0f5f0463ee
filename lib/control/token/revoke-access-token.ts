import type { z } from 'zod'
import { TokenRevoke } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { revokeToken } from './revoke-token.ts'

/** One access token, by its id; every service of the environment refuses it with the revision this publishes. */
export async function revokeAccessToken(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof TokenRevoke>,
): Promise<{ revision: number | null }> {
  requireRole(actor, 'operator')
  const { tokenId, reason } = parseInput(TokenRevoke, input)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const known = await tx.revokedToken.count({ where: { environmentId: environment.id, tokenId } })
    if (known > 0) return { revision: null }
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'token.revoke',
      environment: environment.slug,
      target: { kind: 'token', id: tokenId, name: tokenId },
      before: null,
      after: { revoked: true },
      reason,
    })
    const { number } = await revokeToken(tx, {
      environmentId: environment.id,
      tokenId,
      actorName: actor.name,
      auditEntryId,
    })
    return { revision: number === environment.revision ? null : number }
  })
}
