import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { apiTokenInclude, auditedApiToken } from './to-api-token.ts'

/** One's own, or anybody's as administrator. */
export async function revokeApiToken(ctx: ControlContext, actor: Actor, id: string): Promise<Record<string, never>> {
  requireRole(actor, 'viewer')
  return ctx.transact(async (tx) => {
    const token = await tx.apiToken.findUnique({ where: { id }, include: apiTokenInclude })
    const isOthers = token?.accountId !== actor.accountId
    if (!token || (isOthers && actor.role !== 'administrator'))
      throw new ControlError('not-found', 'There is no such API token.')
    const { count } = await tx.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    if (count === 0) return {}
    await appendAuditEntry(tx, {
      actor,
      action: 'api-token.revoke',
      environment: null,
      target: { kind: 'api-token', id, name: token.name },
      before: auditedApiToken(token),
      after: null,
    })
    return {}
  })
}
