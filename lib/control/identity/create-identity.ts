import type { z } from 'zod'
import { IdentityCreate, type Identity } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { requireFreeClientId } from './require-free-client-id.ts'
import { auditedIdentity, identityInclude, toIdentity } from './to-identity.ts'

/** An integration. It can do nothing until it has a credential and a grant. */
export async function createIdentity(
  ctx: ControlContext,
  actor: Actor,
  input: z.input<typeof IdentityCreate>,
): Promise<z.output<typeof Identity>> {
  requireRole(actor, 'operator')
  const wanted = parseInput(IdentityCreate, input)
  return ctx.transact(async (tx) => {
    await requireFreeClientId(tx, wanted.clientId, 'clientId')
    const identity = await tx.identity.create({ data: { ...wanted, kind: 'integration' }, include: identityInclude })
    await appendAuditEntry(tx, {
      actor,
      action: 'identity.create',
      environment: null,
      target: { kind: 'identity', id: identity.id, name: identity.clientId },
      before: null,
      after: auditedIdentity(identity),
    })
    return toIdentity(identity)
  })
}
