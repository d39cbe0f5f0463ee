import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { EndpointUpdate, type Endpoint } from '../../contract/endpoint.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { auditedEndpoint, endpointInclude, endpointName, type EndpointRow } from './audited-endpoint.ts'
import { getEndpointRow } from './get-endpoint-row.ts'
import { getEndpoint } from './list-endpoints.ts'
import { requireUsableRule } from './require-usable-rule.ts'
import { toStoredRule } from './to-stored-rule.ts'

type Wanted = z.output<typeof EndpointUpdate>

/** Rule and description; the mode is changed through mode changes. */
export async function updateEndpoint(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
  version: number,
  input: z.input<typeof EndpointUpdate>,
): Promise<z.output<typeof Endpoint>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(EndpointUpdate, input)
  await ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const before = await getEndpointRow(tx, environment.id, id)
    requireVersion(version, before.version)
    if (!isChanged(before, wanted)) return
    const service = { id: before.serviceId, slug: before.service.slug }
    await requireUsableRule(tx, service, [before.route], wanted.rule ?? null)
    const after = await tx.endpoint.update({
      where: { id, version },
      data: { ...toData(wanted), version: { increment: 1 } },
      include: endpointInclude,
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'endpoint.update',
      environment: environment.slug,
      target: { kind: 'endpoint', id, name: endpointName(after) },
      before: auditedEndpoint(before),
      after: auditedEndpoint(after),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Change the rule of ${endpointName(after)}`,
      actorName: actor.name,
      auditEntryId,
    })
  })
  return getEndpoint(ctx, actor, environmentSlug, id)
}

function isChanged(before: EndpointRow, { rule, description }: Wanted): boolean {
  return (
    (description !== undefined && description !== before.description) ||
    (rule !== undefined && !isDeepStrictEqual(rule, before.rule))
  )
}

const toData = ({ rule, description }: Wanted) => ({
  ...(description === undefined ? {} : { description }),
  ...(rule === undefined ? {} : { rule: toStoredRule(rule) }),
})
