import { systemActor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { Tx, Transact } from '../context.ts'
import { lockEveryEnvironment } from '../publication/lock-environments.ts'
import type { KeyCipher } from './key-cipher.ts'

/**
 * Encrypts under the present secret what is encrypted under another one. Answers how many keys that were. Revoked keys are of no use
 * to anybody and stay as they are.
 */
export async function rewrapSigningKeys(transact: Transact, cipher: KeyCipher): Promise<number> {
  return transact(async (tx) => {
    if ((await findStale(tx, cipher)).length === 0) return 0
    await lockEveryEnvironment(tx)
    const stale = await findStale(tx, cipher)
    for (const row of stale) {
      const privateKeyEncrypted = cipher.encrypt(cipher.decrypt(row.privateKeyEncrypted, row), row)
      await tx.signingKey.update({ where: { id: row.id }, data: { privateKeyEncrypted } })
    }
    if (stale.length > 0) await tell(tx, stale.length)
    return stale.length
  })
}

async function findStale(tx: Tx, cipher: KeyCipher) {
  const rows = await tx.signingKey.findMany({
    where: { status: { not: 'revoked' } },
    select: { id: true, keyId: true, purpose: true, privateKeyEncrypted: true },
    orderBy: { id: 'asc' },
  })
  return rows.filter(({ privateKeyEncrypted }) => !cipher.isCurrent(privateKeyEncrypted))
}

const tell = (tx: Tx, keys: number) =>
  appendAuditEntry(tx, {
    actor: systemActor('worker'),
    action: 'signing-key.rewrap',
    environment: null,
    target: { kind: 'signing-key', id: 'all', name: keys === 1 ? '1 key' : `${keys} keys` },
    before: { keys, encryptedUnder: 'another secret' },
    after: { keys, encryptedUnder: 'the present secret' },
  })
