import type { z } from 'zod'
import { EndpointCreate, type Endpoint } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { getNamedServiceRow } from '../service/get-service-row.ts'
import { auditedEndpoint, endpointInclude, endpointName } from './audited-endpoint.ts'
import { parseRoute, requireMethod } from './parse-route.ts'
import { requireUsableRule } from './require-usable-rule.ts'
import { toNewEndpoint } from './to-endpoint.ts'
import { toStoredRule } from './to-stored-rule.ts'

/** Starts off: what it requires is enforced only through a mode change. */
export async function createEndpoint(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof EndpointCreate>,
): Promise<z.output<typeof Endpoint>> {
  requireRole(actor, 'operator')
  const { serviceSlug, rule, ...wanted } = parseInput(EndpointCreate, input)
  requireMethod(wanted.method)
  const route = parseRoute(wanted.route)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const service = await getNamedServiceRow(tx, serviceSlug)
    await requireUsableRule(tx, service, [route], rule)
    const endpoint = await tx.endpoint.create({
      data: {
        ...wanted,
        route,
        rule: toStoredRule(rule),
        serviceId: service.id,
        environmentId: environment.id,
        source: 'manual',
      },
      include: endpointInclude,
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'endpoint.create',
      environment: environment.slug,
      target: { kind: 'endpoint', id: endpoint.id, name: endpointName(endpoint) },
      before: null,
      after: auditedEndpoint(endpoint),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Declare ${endpointName(endpoint)}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toNewEndpoint(endpoint)
  })
}
