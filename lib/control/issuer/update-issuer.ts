import type { z } from 'zod'
import { IssuerUpdate, type Issuer } from '../../contract/catalog.ts'
import type { Issuer as IssuerRow } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import { changedFields, isEmpty } from '../changed-fields.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getIssuerRow } from './get-issuer-row.ts'
import { auditedIssuer, toClaimScopes, toIssuer } from './to-issuer.ts'

export async function updateIssuer(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
  version: number,
  input: z.input<typeof IssuerUpdate>,
): Promise<z.output<typeof Issuer>> {
  requireRole(actor, 'administrator')
  const wanted = parseInput(IssuerUpdate, input)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const before = await getIssuerRow(tx, environment.id, id)
    requireVersion(version, before.version)
    const changes = changedFields(withComparable(before, wanted), wanted)
    if (isEmpty(changes)) return toIssuer(before)
    const after = await tx.issuer.update({ where: { id, version }, data: { ...changes, version: { increment: 1 } } })
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'issuer.update',
      environment: environment.slug,
      target: { kind: 'issuer', id, name: after.name },
      before: auditedIssuer(before),
      after: auditedIssuer(after),
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Change issuer ${after.name}`,
      actorName: actor.name,
      auditEntryId,
    })
    return toIssuer(after)
  })
}

/** Equal lists count as one value: an update that changes nothing publishes nothing. */
function withComparable(before: IssuerRow, { claimScopes }: z.output<typeof IssuerUpdate>) {
  const present = toClaimScopes(before.claimScopes)
  return { ...before, claimScopes: JSON.stringify(present) === JSON.stringify(claimScopes) ? claimScopes : present }
}
