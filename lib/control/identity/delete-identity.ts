import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { forgetDevices } from '../device/forget-devices.ts'
import { lockEveryEnvironment } from '../publication/lock-environments.ts'
import { publishEveryEnvironment } from '../publication/publish-every-environment.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getIdentityRow } from './get-identity-row.ts'
import { auditedIdentity } from './to-identity.ts'

/** Its credentials, grants and devices go with it. Tokens it holds live on until they expire: disable it first to refuse those too. */
export async function deleteIdentity(
  ctx: ControlContext,
  actor: Actor,
  clientId: string,
  version: number,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    await lockEveryEnvironment(tx)
    const identity = await getIdentityRow(tx, clientId)
    requireVersion(version, identity.version)
    if (identity.service) throw new ControlError('in-use', `${clientId} is the identity of a service and goes with it.`)
    const grants = await tx.grant.findMany({
      where: { identityId: identity.id },
      select: { scope: { select: { name: true } }, environment: { select: { slug: true } } },
    })
    const devices = await forgetDevices(tx, clientId)
    await tx.identity.delete({ where: { clientId, version } })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'identity.delete',
      environment: null,
      target: { kind: 'identity', id: identity.id, name: clientId },
      before: {
        ...auditedIdentity(identity),
        grants: grants.map(({ scope, environment }) => `${environment.slug} ${scope.name}`),
        devices,
      },
      after: null,
    })
    await publishEveryEnvironment(tx, { summary: `Delete identity ${clientId}`, actorName: actor.name, auditEntryId })
    return {}
  })
}
