import type { z } from 'zod'
import { ScopeCreate, type Scope } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { getNamedServiceRow } from '../service/get-service-row.ts'
import { auditedScope, scopeInclude, toScope } from './to-scope.ts'

export async function createScope(
  ctx: ControlContext,
  actor: Actor,
  input: z.input<typeof ScopeCreate>,
): Promise<z.output<typeof Scope>> {
  requireRole(actor, 'operator')
  const { serviceSlug, ...wanted } = parseInput(ScopeCreate, input)
  return ctx.transact(async (tx) => {
    const service = await getNamedServiceRow(tx, serviceSlug)
    const scope = await tx.scope.create({ data: { ...wanted, serviceId: service.id }, include: scopeInclude })
    await appendAuditEntry(tx, {
      actor,
      action: 'scope.create',
      environment: null,
      target: { kind: 'scope', id: scope.id, name: scope.name },
      before: null,
      after: auditedScope(scope),
    })
    return toScope(scope)
  })
}
