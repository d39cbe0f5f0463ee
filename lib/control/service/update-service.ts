import type { z } from 'zod'
import { ServiceUpdate, type Service } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import { changedFields, isEmpty } from '../changed-fields.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getServiceRow } from './get-service-row.ts'
import { auditedService, toService } from './to-service.ts'

/** Publishes nothing: services see none of it. */
export async function updateService(
  ctx: ControlContext,
  actor: Actor,
  slug: string,
  version: number,
  input: z.input<typeof ServiceUpdate>,
): Promise<z.output<typeof Service>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(ServiceUpdate, input)
  return ctx.transact(async (tx) => {
    const before = await getServiceRow(tx, slug)
    requireVersion(version, before.version)
    const changes = changedFields(before, wanted)
    if (isEmpty(changes)) return toService(before)
    const after = await tx.service.update({ where: { slug, version }, data: { ...changes, version: { increment: 1 } } })
    if (changes.name !== undefined)
      await tx.identity.update({
        where: { serviceId: before.id },
        data: { name: changes.name, version: { increment: 1 } },
      })
    await appendAuditEntry(tx, {
      actor,
      action: 'service.update',
      environment: null,
      target: { kind: 'service', id: before.id, name: slug },
      before: auditedService(before),
      after: auditedService(after),
    })
    return toService(after)
  })
}
