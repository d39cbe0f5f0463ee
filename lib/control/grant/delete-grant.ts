import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { auditedGrant, grantInclude } from './to-grant.ts'

/** Tokens the identity holds keep the scope until they expire. */
export async function deleteGrant(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const grant = await tx.grant.findFirst({ where: { id, environmentId: environment.id }, include: grantInclude })
    if (!grant) throw new ControlError('not-found', `There is no such grant in ${environmentSlug}.`)
    await tx.grant.delete({ where: { id } })
    const { clientId } = grant.identity
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'grant.delete',
      environment: environment.slug,
      target: { kind: 'grant', id, name: `${clientId}: ${grant.scope.name}` },
      before: auditedGrant(grant),
      after: null,
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Take ${grant.scope.name} from ${clientId}`,
      actorName: actor.name,
      auditEntryId,
    })
    return {}
  })
}
