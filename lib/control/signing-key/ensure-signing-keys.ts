import type { Prisma } from '#lib/store/generated/client.ts'
import { lockEnvironment } from '../publication/publish-revision.ts'
import { createSigningKey } from './create-signing-key.ts'
import type { KeyCipher } from './key-cipher.ts'

/**
 * The keys every environment has: one that signs tokens, the next one (published long before it is used) and one that
 * signs snapshots. Called when an environment is created and when a gateway starts; publish after it returned true.
 */
const NEEDED = [
  { purpose: 'token', status: 'current' },
  { purpose: 'token', status: 'next' },
  { purpose: 'snapshot', status: 'current' },
] as const

export async function ensureSigningKeys(
  tx: Prisma.TransactionClient,
  environmentId: string,
  cipher: KeyCipher,
): Promise<boolean> {
  await lockEnvironment(tx, environmentId)
  const present = await tx.signingKey.findMany({ where: { environmentId }, select: { purpose: true, status: true } })
  const missing = NEEDED.filter(
    (key) => !present.some(({ purpose, status }) => purpose === key.purpose && status === key.status),
  )
  for (const key of missing) await createSigningKey(tx, { ...key, environmentId }, cipher)
  return missing.length > 0
}
