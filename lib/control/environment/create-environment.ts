import type { z } from 'zod'
import { EnvironmentCreate, type Environment } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { ensureSigningKeys } from '../signing-key/ensure-signing-keys.ts'
import { auditedEnvironment, environmentInclude, toEnvironment } from './to-environment.ts'

export async function createEnvironment(
  ctx: ControlContext,
  actor: Actor,
  input: z.input<typeof EnvironmentCreate>,
): Promise<z.output<typeof Environment>> {
  requireRole(actor, 'administrator')
  const wanted = parseInput(EnvironmentCreate, input)
  return ctx.transact(async (tx) => {
    const { _max } = await tx.environment.aggregate({ _max: { position: true } })
    const created = await tx.environment.create({ data: { ...wanted, position: (_max.position ?? 0) + 1 } })
    const { id } = created
    await ensureSigningKeys(tx, id, ctx.keyCipher)
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'environment.create',
      environment: wanted.slug,
      target: { kind: 'environment', id, name: wanted.slug },
      before: null,
      after: auditedEnvironment(created),
    })
    await publishRevision(tx, {
      environmentId: id,
      summary: `Create environment ${wanted.slug}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toEnvironment(ctx, await tx.environment.findUniqueOrThrow({ where: { id }, include: environmentInclude }))
  })
}
