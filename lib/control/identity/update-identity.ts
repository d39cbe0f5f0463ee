import type { z } from 'zod'
import { IdentityUpdate, type Identity } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import { changedFields, isEmpty } from '../changed-fields.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getIdentityRow } from './get-identity-row.ts'
import { auditedIdentity, identityInclude, toIdentity } from './to-identity.ts'

export async function updateIdentity(
  ctx: ControlContext,
  actor: Actor,
  clientId: string,
  version: number,
  input: z.input<typeof IdentityUpdate>,
): Promise<z.output<typeof Identity>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(IdentityUpdate, input)
  return ctx.transact(async (tx) => {
    const before = await getIdentityRow(tx, clientId)
    requireVersion(version, before.version)
    const changes = changedFields(before, wanted)
    if (isEmpty(changes)) return toIdentity(before)
    if (before.service && changes.name !== undefined) throw namedByItsService(clientId)
    const after = await tx.identity.update({
      where: { clientId, version },
      data: { ...changes, version: { increment: 1 } },
      include: identityInclude,
    })
    await appendAuditEntry(tx, {
      actor,
      action: 'identity.update',
      environment: null,
      target: { kind: 'identity', id: before.id, name: clientId },
      before: auditedIdentity(before),
      after: auditedIdentity(after),
    })
    return toIdentity(after)
  })
}

const namedByItsService = (clientId: string) =>
  new ControlError(
    'invalid-value',
    `The identity of a service has the service's name: rename the service ${clientId}.`,
    [{ pointer: '/name', detail: 'is the name of its service' }],
  )
