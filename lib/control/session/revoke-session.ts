import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import type { Authentication } from './authenticate.ts'

/** One's own, or anybody's as administrator. It ends with the next request. */
export async function revokeSession(ctx: ControlContext, actor: Actor, id: string): Promise<Record<string, never>> {
  requireRole(actor, 'viewer')
  return ctx.transact(async (tx) => {
    const session = await tx.session.findUnique({
      where: { id },
      include: { account: { select: { id: true, email: true } } },
    })
    const isOthers = session?.accountId !== actor.accountId
    if (!session || (isOthers && actor.role !== 'administrator'))
      throw new ControlError('not-found', 'There is no such session.')
    const { count } = await tx.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    if (count === 0) return {}
    await appendAuditEntry(tx, {
      actor,
      action: 'session.revoke',
      environment: null,
      target: { kind: 'account', id: session.account.id, name: session.account.email },
      before: { sessionId: id, address: session.address, userAgent: session.userAgent },
      after: null,
    })
    return {}
  })
}

/** Ends the session of the request; an API token is revoked through its own route. */
export async function signOut(
  ctx: ControlContext,
  { actor, sessionId }: Authentication,
): Promise<Record<string, never>> {
  if (sessionId === null) throw new ControlError('conflict', 'This request carries an API token, not a session.')
  return revokeSession(ctx, actor, sessionId)
}
