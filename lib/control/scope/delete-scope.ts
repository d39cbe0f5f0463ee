import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { lockEveryEnvironment } from '../publication/lock-environments.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getScopeRow } from './get-scope-row.ts'
import { auditedScope } from './to-scope.ts'

/** Every environment is locked: no rule and no grant can start to name the scope while it goes. */
export async function deleteScope(
  ctx: ControlContext,
  actor: Actor,
  id: string,
  version: number,
): Promise<Record<string, never>> {
  requireRole(actor, 'operator')
  return ctx.transact(async (tx) => {
    await lockEveryEnvironment(tx)
    const scope = await getScopeRow(tx, id)
    requireVersion(version, scope.version)
    await requireNotHeld(tx, id, scope.name)
    await requireNotNeeded(tx, scope.serviceId, scope.name)
    await tx.scope.delete({ where: { id, version } })
    await appendAuditEntry(tx, {
      actor,
      action: 'scope.delete',
      environment: null,
      target: { kind: 'scope', id, name: scope.name },
      before: auditedScope(scope),
      after: null,
    })
    return {}
  })
}

async function requireNotHeld(tx: Tx, scopeId: string, name: string): Promise<void> {
  const grant = await tx.grant.findFirst({
    where: { scopeId },
    select: { identity: { select: { clientId: true } }, environment: { select: { slug: true } } },
  })
  if (grant)
    throw new ControlError(
      'in-use',
      `${grant.identity.clientId} holds ${name} in ${grant.environment.slug}. Take the grants back first.`,
    )
}

async function requireNotNeeded(tx: Tx, serviceId: string, name: string): Promise<void> {
  const wanted = JSON.stringify({ requirements: [{ kind: 'scopes', allOf: [name] }] })
  const [endpoint] = await tx.$queryRaw<{ method: string; route: string; slug: string }[]>`
    SELECT e.method, e.route, v.slug FROM endpoint e JOIN environment v ON v.id = e.environment_id
    WHERE e.service_id = ${serviceId}::uuid AND e.rule @> ${wanted}::jsonb LIMIT 1`
  if (endpoint)
    throw new ControlError(
      'in-use',
      `${endpoint.method} ${endpoint.route} needs ${name} in ${endpoint.slug}. Change its rule first.`,
    )
}
