import type { z } from 'zod'
import type { SessionIssued } from '../../contract/people.ts'
import { accountInclude, accountTarget, toAccount, type AccountRow } from '../account/to-account.ts'
import type { Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { Tx } from '../context.ts'
import { createOpaqueToken, hashOpaqueToken } from '../opaque-token.ts'
import { SESSION_MS } from './session-lifetime.ts'

/** Where a request comes from, as sessions remember it. */
export interface Client {
  readonly address: string
  readonly userAgent: string
  readonly requestId: string
}

/** The token is in this answer and nowhere else. */
export async function createSession(
  tx: Tx,
  account: AccountRow,
  client: Client,
  via: 'password' | 'oidc' | 'setup-link',
): Promise<z.output<typeof SessionIssued>> {
  const token = createOpaqueToken('sgs_')
  const expiresAt = new Date(Date.now() + SESSION_MS)
  const { id } = await tx.session.create({
    data: {
      accountId: account.id,
      tokenHash: hashOpaqueToken(token),
      address: client.address.slice(0, 64),
      userAgent: client.userAgent.slice(0, 300),
      expiresAt,
    },
    select: { id: true },
  })
  await appendAuditEntry(tx, {
    actor: accountActor(account, client.requestId),
    action: 'session.sign-in',
    environment: null,
    target: accountTarget(account),
    before: null,
    after: { sessionId: id, via, address: client.address },
  })
  const row = await tx.account.findUniqueOrThrow({ where: { id: account.id }, include: accountInclude })
  return { token, expiresAt: expiresAt.toISOString(), account: toAccount(row) }
}

export const accountActor = (
  { id, name, role }: Pick<AccountRow, 'id' | 'name' | 'role'>,
  requestId: string,
): Actor => ({
  kind: 'account',
  id,
  name,
  role,
  accountId: id,
  requestId,
})
