import type { z } from 'zod'
import { SigningKeyRotate, type SigningKey } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { onePage, type Page } from '../cursor.ts'
import { parseInput } from '../parse-input.ts'
import { lockEnvironmentBySlug } from '../publication/lock-environments.ts'
import { readSigningKeys } from './list-signing-keys.ts'
import { rotateSigningKey } from './rotate-signing-key.ts'

/** Moves to the next key; see rotateSigningKey for what stays valid meanwhile. */
export async function rotateEnvironmentKey(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  input: z.input<typeof SigningKeyRotate>,
): Promise<Page<z.output<typeof SigningKey>>> {
  requireRole(actor, 'administrator')
  const { purpose } = parseInput(SigningKeyRotate, input)
  return ctx.transact(async (tx) => {
    const environment = await lockEnvironmentBySlug(tx, environmentSlug)
    const currentKeyId = async () =>
      (await tx.signingKey.findFirstOrThrow({ where: { environmentId: environment.id, purpose, status: 'current' } }))
        .keyId
    const before = { purpose, keyId: await currentKeyId() }
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'signing-key.rotate',
      environment: environment.slug,
      target: { kind: 'environment', id: environment.id, name: environment.slug },
      before,
      after: { purpose },
    })
    await rotateSigningKey(
      tx,
      { environmentId: environment.id, purpose, actorName: actor.name, auditEntryId },
      ctx.keyCipher,
    )
    return onePage(await readSigningKeys(tx, environment.id, ctx.keyCipher))
  })
}
