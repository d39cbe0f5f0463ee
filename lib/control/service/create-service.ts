import type { z } from 'zod'
import { ServiceCreate, type Service } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { requireFreeClientId } from '../identity/require-free-client-id.ts'
import { parseInput } from '../parse-input.ts'
import { lockEveryEnvironment } from '../publication/lock-environments.ts'
import { publishEveryEnvironment } from '../publication/publish-every-environment.ts'
import { auditedService, toService } from './to-service.ts'

/** The service is an identity as well: its slug is its OAuth audience and its client_id. */
export async function createService(
  ctx: ControlContext,
  actor: Actor,
  input: z.input<typeof ServiceCreate>,
): Promise<z.output<typeof Service>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(ServiceCreate, input)
  return ctx.transact(async (tx) => {
    await lockEveryEnvironment(tx)
    await requireFreeClientId(tx, wanted.slug, 'slug')
    const service = await tx.service.create({ data: wanted })
    await tx.identity.create({
      data: { clientId: wanted.slug, kind: 'service', name: wanted.name, serviceId: service.id },
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'service.create',
      environment: null,
      target: { kind: 'service', id: service.id, name: service.slug },
      before: null,
      after: auditedService(service),
    })
    await publishEveryEnvironment(tx, {
      summary: `Create service ${service.slug}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toService(service)
  })
}
