import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { INSTANCE_LIVE_SECONDS } from '#lib/store/decisions/read-live-instances.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { auditedEndpoint, endpointName, type EndpointRow } from './audited-endpoint.ts'
import { getEndpointRow } from './get-endpoint-row.ts'

/** Its mode changes go with it; what was recorded of its route stays, as decisions of an undeclared one. */
export async function deleteEndpoint(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
  version: number,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const endpoint = await getEndpointRow(tx, environment.id, id)
    requireVersion(version, endpoint.version)
    if (await isServed(tx, endpoint))
      throw new ControlError(
        'in-use',
        `A live instance serves ${endpointName(endpoint)}: without the endpoint it would no longer be guarded.`,
      )
    await tx.endpoint.delete({ where: { id, version } })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'endpoint.delete',
      environment: environment.slug,
      target: { kind: 'endpoint', id, name: endpointName(endpoint) },
      before: auditedEndpoint(endpoint),
      after: null,
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Forget ${endpointName(endpoint)}`,
      actorName: actor.name,
      auditEntryId,
    })
    return {}
  })
}

/** An instance reports its routes when it starts: one that started after the last report does not have this one. */
async function isServed(tx: Tx, { lastSeenAt, serviceId, environmentId }: EndpointRow): Promise<boolean> {
  if (lastSeenAt === null) return false
  const live = await tx.instance.count({
    where: {
      serviceId,
      environmentId,
      startedAt: { lte: lastSeenAt },
      lastSeenAt: { gt: new Date(Date.now() - INSTANCE_LIVE_SECONDS * 1_000) },
    },
  })
  return live > 0
}
