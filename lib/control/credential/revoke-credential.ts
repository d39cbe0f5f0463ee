import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { auditedCredential, credentialInclude } from './to-credential.ts'

/** No new token from now on; tokens it already got live until they expire. Revoking twice is no error. */
export async function revokeCredential(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const before = await tx.credential.findFirst({
      where: { id, environmentId: environment.id },
      include: { ...credentialInclude, identity: { select: { clientId: true } } },
    })
    if (!before) throw new ControlError('not-found', `There is no such credential in ${environmentSlug}.`)
    if (before.revokedAt) return {}
    const after = await tx.credential.update({
      where: { id },
      data: { revokedAt: new Date() },
      include: credentialInclude,
    })
    const { clientId } = before.identity
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'credential.revoke',
      environment: environment.slug,
      target: { kind: 'credential', id, name: `${clientId}: ${before.name}` },
      before: auditedCredential(before, clientId),
      after: auditedCredential(after, clientId),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Revoke a credential of ${clientId}`,
      actorName: actor.name,
      auditEntryId,
    })
    return {}
  })
}
