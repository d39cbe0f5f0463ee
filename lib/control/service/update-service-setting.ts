import type { z } from 'zod'
import { ServiceSettingUpdate, type ServicePosture } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { toMode, toStoredMode } from '../stored-mode.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getServiceRow } from './get-service-row.ts'
import { getServicePosture } from './list-services.ts'

/** `version` is that of the setting: 0 while nobody has made one. */
export async function updateServiceSetting(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  slug: string,
  version: number,
  input: z.input<typeof ServiceSettingUpdate>,
): Promise<z.output<typeof ServicePosture>> {
  requireRole(actor, 'operator')
  const { undeclaredMode } = parseInput(ServiceSettingUpdate, input)
  await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const service = await getServiceRow(tx, slug)
    const key = { serviceId: service.id, environmentId: environment.id }
    const before = await tx.serviceSetting.findUnique({ where: { serviceId_environmentId: key } })
    requireVersion(version, before?.version ?? 0)
    const present = toMode(before?.undeclaredMode ?? 'off')
    if (present === undeclaredMode) return
    const undeclared = { undeclaredMode: toStoredMode(undeclaredMode) }
    await tx.serviceSetting.upsert({
      where: { serviceId_environmentId: key },
      create: { ...key, ...undeclared },
      update: { ...undeclared, version: { increment: 1 } },
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'service.change-undeclared-mode',
      environment: environment.slug,
      target: { kind: 'service', id: service.id, name: slug },
      before: { undeclaredMode: present },
      after: { undeclaredMode },
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `${slug}: undeclared routes ${undeclaredMode}`,
      actorName: actor.name,
      auditEntryId,
    })
  })
  return getServicePosture(ctx, actor, environmentSlug, slug)
}
