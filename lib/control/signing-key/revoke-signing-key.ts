import type { z } from 'zod'
import { SigningKeyRevoke, type SigningKey } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { onePage, type Page } from '../cursor.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { publishRevision } from '../publication/publish-revision.ts'
import { ensureSigningKeys } from './ensure-signing-keys.ts'
import { readSigningKeys } from './list-signing-keys.ts'

/**
 * For a key that somebody else may have: nothing it signed counts from now on. Tokens are refused by every service with the revision
 * this publishes, and the next key signs. Services that pin a revoked configuration key keep the configuration they have until they
 * are given the new key.
 */
export async function revokeSigningKey(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
  input: z.input<typeof SigningKeyRevoke>,
): Promise<Page<z.output<typeof SigningKey>>> {
  requireRole(actor, 'administrator')
  const { reason } = parseInput(SigningKeyRevoke, input)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const key = await tx.signingKey.findFirst({ where: { id, environmentId: environment.id } })
    if (!key) throw new ControlError('not-found', `There is no such key in ${environmentSlug}.`)
    if (key.status === 'revoked') return onePage(await readSigningKeys(tx, environment.id, ctx.keyCipher))
    await tx.signingKey.update({ where: { id }, data: { status: 'revoked', statusAt: new Date() } })
    if (key.purpose === 'token' && key.status === 'current') await promoteNext(tx, environment.id)
    await ensureSigningKeys(tx, environment.id, ctx.keyCipher)
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'signing-key.revoke',
      environment: environment.slug,
      target: { kind: 'signing-key', id, name: `${key.purpose} ${key.keyId.slice(0, 8)}` },
      before: { purpose: key.purpose, keyId: key.keyId, status: key.status },
      after: { purpose: key.purpose, keyId: key.keyId, status: 'revoked' },
      reason,
    })
    await publishRevision(tx, {
      environmentId: environment.id,
      summary: `Revoke a ${key.purpose} signing key`,
      actorName: actor.name,
      auditEntryId,
    })
    return onePage(await readSigningKeys(tx, environment.id, ctx.keyCipher))
  })
}

const promoteNext = (tx: Tx, environmentId: string) =>
  tx.signingKey.updateMany({
    where: { environmentId, purpose: 'token', status: 'next' },
    data: { status: 'current', statusAt: new Date() },
  })
