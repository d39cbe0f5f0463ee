import type { z } from 'zod'
import { EnvironmentUpdate, type Environment } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import { changedFields, isEmpty } from '../changed-fields.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { auditedEnvironment, environmentInclude, toEnvironment } from './to-environment.ts'

export async function updateEnvironment(
  ctx: ControlContext,
  actor: Actor,
  slug: string,
  version: number,
  input: z.input<typeof EnvironmentUpdate>,
): Promise<z.output<typeof Environment>> {
  requireRole(actor, 'administrator')
  const wanted = parseInput(EnvironmentUpdate, input)
  return ctx.transact(async (tx) => {
    const { id } = await lockEnvironmentBySlug(tx, slug)
    const before = await tx.environment.findUniqueOrThrow({ where: { id }, include: environmentInclude })
    requireVersion(version, before.version)
    const changes = changedFields(before, wanted)
    if (isEmpty(changes)) return toEnvironment(ctx, before)
    const after = await tx.environment.update({
      where: { id, version },
      data: { ...changes, version: { increment: 1 } },
      include: environmentInclude,
    })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'environment.update',
      environment: slug,
      target: { kind: 'environment', id, name: slug },
      before: auditedEnvironment(before),
      after: auditedEnvironment(after),
    })
    await publishRevision(tx, {
      environmentId: id,
      summary: `Change environment ${slug}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toEnvironment(ctx, after)
  })
}
