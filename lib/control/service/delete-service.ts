import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { countLiveInstances } from '../instance/count-live-instances.ts'
import { forgetDevices } from '../device/forget-devices.ts'
import { lockEveryEnvironment } from '../publication/lock-environments.ts'
import { publishEveryEnvironment } from '../publication/publish-every-environment.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getServiceRow } from './get-service-row.ts'
import { auditedService } from './to-service.ts'

/** Takes its endpoints, scopes, grants, credentials and recorded decisions with it. */
export async function deleteService(
  ctx: ControlContext,
  actor: Actor,
  slug: string,
  version: number,
): Promise<Record<string, never>> {
  requireRole(actor, 'administrator')
  return ctx.transact(async (tx) => {
    await lockEveryEnvironment(tx)
    const service = await getServiceRow(tx, slug)
    requireVersion(version, service.version)
    const live = await countLiveInstances(tx, service.id)
    if (live > 0)
      throw new ControlError(
        'in-use',
        `${slug} has ${live} live ${live === 1 ? 'instance' : 'instances'}. Stop them first; an instance counts as live for 90 seconds.`,
      )
    const { count: grants } = await tx.grant.deleteMany({ where: { scope: { serviceId: service.id } } })
    const devices = await forgetDevices(tx, slug)
    await tx.service.delete({ where: { slug, version } })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'service.delete',
      environment: null,
      target: { kind: 'service', id: service.id, name: slug },
      before: { ...auditedService(service), grants, devices },
      after: null,
    })
    await publishEveryEnvironment(tx, { summary: `Delete service ${slug}`, actorName: actor.name, auditEntryId })
    return {}
  })
}
