import type { z } from 'zod'
import { EndpointRulesUpdate } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntries } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { VersionMismatchError } from '../version-mismatch-error.ts'
import { auditedEndpoint, endpointInclude, endpointName, type EndpointRow } from './audited-endpoint.ts'
import { requireUsableRule } from './require-usable-rule.ts'
import { toStoredRule } from './to-stored-rule.ts'

type Wanted = z.output<typeof EndpointRulesUpdate>

/** All or none; every endpoint must be at the version that was read. */
export async function setEndpointRules(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof EndpointRulesUpdate>,
): Promise<{ revision: number | null }> {
  requireRole(actor, 'operator')
  const { endpoints: wanted, rule } = parseInput(EndpointRulesUpdate, input)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const endpoints = await loadAtVersions(tx, environment.id, wanted)
    const service = requireOneService(endpoints)
    const routes = endpoints.map(({ route }) => route)
    await requireUsableRule(tx, service, routes, rule)
    await tx.endpoint.updateMany({
      where: { id: { in: endpoints.map(({ id }) => id) } },
      data: { rule: toStoredRule(rule), version: { increment: 1 } },
    })
    const [auditEntryId] = await appendAuditEntries(
      tx,
      endpoints.map((endpoint) => ({
        actor,
        action: 'endpoint.update' as const,
        environment: environment.slug,
        target: { kind: 'endpoint', id: endpoint.id, name: endpointName(endpoint) },
        before: auditedEndpoint(endpoint),
        after: { ...auditedEndpoint(endpoint), rule },
      })),
    )
    const { number, changedServices } = await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Change the rule of ${endpoints.length} endpoints of ${service.slug}`,
      actorName: actor.name,
      ...(auditEntryId === undefined ? {} : { auditEntryId }),
    })
    return { revision: changedServices.length > 0 ? number : null }
  })
}

async function loadAtVersions(tx: Tx, environmentId: string, wanted: Wanted['endpoints']): Promise<EndpointRow[]> {
  const rows = await tx.endpoint.findMany({
    where: { environmentId, id: { in: wanted.map(({ id }) => id) } },
    include: endpointInclude,
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return wanted.map(({ id, version }, index) => {
    const row = byId.get(id)
    if (!row) throw refused(`/endpoints/${index}/id`, 'is not an endpoint of this environment, or is named twice')
    byId.delete(id)
    if (row.version !== version) throw new VersionMismatchError(row.version)
    return row
  })
}

function requireOneService(endpoints: readonly EndpointRow[]): { id: string; slug: string } {
  const [first] = endpoints
  const other = endpoints.findIndex(({ serviceId }) => serviceId !== first?.serviceId)
  if (!first || other >= 0) throw refused(`/endpoints/${other}/id`, 'belongs to another service than the first')
  return { id: first.serviceId, slug: first.service.slug }
}

const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer} ${detail}.`, [{ pointer, detail }])
