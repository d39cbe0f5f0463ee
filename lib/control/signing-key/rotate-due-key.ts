import { systemActor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { Transact } from '../context.ts'
import { countInstancesBehind } from '../instance/count-instances-behind.ts'
import type { KeyCipher } from './key-cipher.ts'
import { rotateSigningKey } from './rotate-signing-key.ts'

const DAY_MS = 86_400_000

/**
 * Moves an environment to its next token key where the present one has signed for as long as the environment says, and every live
 * instance knows the next one; else it waits. Whether it moved.
 */
export async function rotateDueKey(
  transact: Transact,
  cipher: KeyCipher,
  environmentId: string,
  now: Date,
): Promise<boolean> {
  return transact(async (tx) => {
    const environment = await tx.environment.findUniqueOrThrow({ where: { id: environmentId } })
    const days = environment.tokenKeyRotationDays
    if (days === null) return false
    const dueSince = new Date(now.getTime() - days * DAY_MS)
    const current = await tx.signingKey.findFirst({
      where: { environmentId, purpose: 'token', status: 'current', statusAt: { lt: dueSince } },
    })
    if (current === null || (await countInstancesBehind(tx, environmentId)) > 0) return false
    const actor = systemActor('worker')
    const auditEntryId = await appendAuditEntry(tx, {
      actor,
      action: 'signing-key.rotate',
      environment: environment.slug,
      target: { kind: 'environment', id: environmentId, name: environment.slug },
      before: { purpose: 'token', keyId: current.keyId },
      after: { purpose: 'token' },
      reason: `It signed for ${days} days.`,
    })
    await rotateSigningKey(tx, { environmentId, purpose: 'token', actorName: actor.name, auditEntryId }, cipher)
    return true
  })
}
