import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { auditedDevice, deviceName } from './to-device.ts'

/** Where a rule asks for a known device, the caller is refused from this one as soon as the instances confirm it. */
export async function removeDevice(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const row = await tx.knownDevice.findFirst({ where: { id, environmentId: environment.id } })
    if (!row) throw new ControlError('not-found', `There is no such device in ${environmentSlug}.`)
    await tx.knownDevice.delete({ where: { id } })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'device.remove',
      environment: environment.slug,
      target: { kind: 'device', id, name: deviceName(row) },
      before: auditedDevice(row),
      after: null,
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Accept a device of ${row.caller} no longer`,
      actorName: actor.name,
      auditEntryId,
    })
    return {}
  })
}
