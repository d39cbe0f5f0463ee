import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Prisma } from '#lib/store/generated/client.ts'
import type { PublicJwk } from '../../policy/snapshot.ts'
import type { KeyCipher } from './key-cipher.ts'

export interface LoadedKey {
  readonly keyId: string
  readonly privateKey: KeyObject
}

/** The keys of one environment, opened. */
export interface SigningKeys {
  readonly tokenKey: LoadedKey
  /** Keys whose tokens are accepted: next, current, previous. */
  readonly tokenPublicKeys: readonly PublicJwk[]
  /** Every snapshot is signed with each of these, the current one first. */
  readonly snapshotKeys: readonly LoadedKey[]
}

export async function loadSigningKeys(
  db: Prisma.TransactionClient,
  environmentId: string,
  cipher: KeyCipher,
): Promise<SigningKeys> {
  const rows = await db.signingKey.findMany({
    where: { environmentId, status: { not: 'revoked' } },
    orderBy: { createdAt: 'desc' },
  })
  const open = (row: (typeof rows)[number]): LoadedKey => ({
    keyId: row.keyId,
    privateKey: createPrivateKey({ key: cipher.decrypt(row.privateKeyEncrypted, row), format: 'der', type: 'pkcs8' }),
  })
  const tokenRows = rows.filter(({ purpose }) => purpose === 'token')
  const current = tokenRows.find(({ status }) => status === 'current')
  if (!current) throw new Error(`Environment ${environmentId} has no token signing key.`)
  const snapshotRows = rows.filter(({ purpose, status }) => purpose === 'snapshot' && status !== 'next')
  return {
    tokenKey: open(current),
    tokenPublicKeys: tokenRows.map(({ publicJwk }) => publicJwk as unknown as PublicJwk), // written by createSigningKey only
    snapshotKeys: snapshotRows
      .toSorted((a, b) => Number(b.status === 'current') - Number(a.status === 'current'))
      .map(open),
  }
}
