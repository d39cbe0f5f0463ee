import { peopleCaller } from '../../policy/people-caller.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { forgetDevices } from '../device/forget-devices.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getIssuerRow } from './get-issuer-row.ts'
import { auditedIssuer } from './to-issuer.ts'

/** Tokens of its users are refused with the revision this publishes; devices that were accepted for them are forgotten. */
export async function deleteIssuer(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
  version: number,
): Promise<Record<string, never>> {
  requireRole(actor, 'administrator')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const issuer = await getIssuerRow(tx, environment.id, id)
    requireVersion(version, issuer.version)
    await requireUnused(tx, issuer.id)
    const devices = await forgetDevices(tx, peopleCaller(issuer.name), environment.id)
    await tx.issuer.delete({ where: { id, version } })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'issuer.delete',
      environment: environment.slug,
      target: { kind: 'issuer', id, name: issuer.name },
      before: { ...auditedIssuer(issuer), devices },
      after: null,
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Trust issuer ${issuer.name} no more`,
      actorName: actor.name,
      auditEntryId,
    })
    return {}
  })
}

async function requireUnused(tx: Tx, federatedIssuerId: string): Promise<void> {
  const held = await tx.credential.findMany({
    where: { federatedIssuerId, revokedAt: null },
    select: { identity: { select: { clientId: true } } },
    take: 5,
  })
  if (held.length > 0)
    throw new ControlError(
      'conflict',
      `Identities prove themselves with its tokens: ${held.map(({ identity }) => identity.clientId).join(', ')}. Revoke those credentials first.`,
    )
  await tx.credential.deleteMany({ where: { federatedIssuerId } })
}
