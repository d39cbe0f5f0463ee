import type { z } from 'zod'
import { ScopeUpdate, type Scope } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import { changedFields, isEmpty } from '../changed-fields.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { publishEveryEnvironment } from '../publication/publish-every-environment.ts'
import { lockEveryEnvironment } from '../publication/lock-environments.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getScopeRow } from './get-scope-row.ts'
import { auditedScope, scopeInclude, toScope } from './to-scope.ts'

export async function updateScope(
  ctx: ControlContext,
  actor: Actor,
  id: string,
  version: number,
  input: z.input<typeof ScopeUpdate>,
): Promise<z.output<typeof Scope>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(ScopeUpdate, input)
  return ctx.transact(async (tx) => {
    await lockEveryEnvironment(tx)
    const before = await getScopeRow(tx, id)
    requireVersion(version, before.version)
    const changes = changedFields(before, wanted)
    if (isEmpty(changes)) return toScope(before)
    const after = await tx.scope.update({
      where: { id, version },
      data: { ...changes, version: { increment: 1 } },
      include: scopeInclude,
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'scope.update',
      environment: null,
      target: { kind: 'scope', id, name: before.name },
      before: auditedScope(before),
      after: auditedScope(after),
    })
    await publishEveryEnvironment(tx, { summary: `Change scope ${before.name}`, actorName: actor.name, auditEntryId })
    return toScope(after)
  })
}
