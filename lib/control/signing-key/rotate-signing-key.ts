import type { Prisma } from '#lib/store/generated/client.ts'
import { ControlError } from '../control-error.ts'
import { countInstancesBehind } from '../instance/count-instances-behind.ts'
import { lockEnvironment, publishRevision } from '../publication/publish-revision.ts'
import { createSigningKey } from './create-signing-key.ts'
import type { KeyCipher } from './key-cipher.ts'

export interface Rotation {
  readonly environmentId: string
  readonly purpose: 'token' | 'snapshot'
  readonly actorName: string
  /** Rotates although live instances have not confirmed the next key: they refuse new tokens until they poll again. */
  readonly force?: boolean
  readonly auditEntryId?: bigint
}

/**
 * Tokens: the next key, which every instance knows already, signs from now on; the one before it stays published while
 * tokens it signed can live; a new next key is published. Snapshots: the new key signs beside the one before it, which
 * services still pin, until the following rotation.
 */
export async function rotateSigningKey(
  tx: Prisma.TransactionClient,
  rotation: Rotation,
  cipher: KeyCipher,
): Promise<void> {
  await lockEnvironment(tx, rotation.environmentId)
  if (rotation.purpose === 'token') await rotateTokenKey(tx, rotation, cipher)
  else await rotateSnapshotKey(tx, rotation, cipher)
  await publishRevision(tx, { ...rotation, summary: `Rotate the ${rotation.purpose} signing key` })
}

async function rotateTokenKey(tx: Prisma.TransactionClient, rotation: Rotation, cipher: KeyCipher): Promise<void> {
  const behind = rotation.force ? 0 : await countInstancesBehind(tx, rotation.environmentId)
  if (behind > 0)
    throw new ControlError(
      'conflict',
      `${behind} live instances have not confirmed the next key yet; they would refuse its tokens.`,
    )
  await moveKeys(tx, rotation, 'current', 'previous')
  await moveKeys(tx, rotation, 'next', 'current')
  await createSigningKey(tx, { environmentId: rotation.environmentId, purpose: 'token', status: 'next' }, cipher)
}

async function rotateSnapshotKey(tx: Prisma.TransactionClient, rotation: Rotation, cipher: KeyCipher): Promise<void> {
  await moveKeys(tx, rotation, 'previous', 'revoked')
  await moveKeys(tx, rotation, 'current', 'previous')
  await createSigningKey(tx, { environmentId: rotation.environmentId, purpose: 'snapshot', status: 'current' }, cipher)
}

async function moveKeys(
  tx: Prisma.TransactionClient,
  { environmentId, purpose }: Rotation,
  from: 'next' | 'current' | 'previous',
  to: 'current' | 'previous' | 'revoked',
): Promise<void> {
  await tx.signingKey.updateMany({
    where: { environmentId, purpose, status: from },
    data: { status: to, statusAt: new Date() },
  })
}
