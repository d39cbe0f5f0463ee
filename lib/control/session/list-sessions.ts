import type { z } from 'zod'
import type { CurrentSession, Session } from '../../contract/people.ts'
import { getAccountRow } from '../account/get-account-row.ts'
import { toAccount } from '../account/to-account.ts'
import { requireRole } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { onePage, type Page } from '../cursor.ts'
import type { Authentication } from './authenticate.ts'
import { requireAccountId } from './require-account-id.ts'
import { liveSession } from './session-lifetime.ts'

/** Own live sessions, the latest used first. */
export async function listSessions(
  { database }: ControlContext,
  { actor, sessionId }: Authentication,
): Promise<Page<z.output<typeof Session>>> {
  requireRole(actor, 'viewer')
  const rows = await database.session.findMany({
    where: { accountId: requireAccountId(actor), ...liveSession(new Date()) },
    orderBy: { lastSeenAt: 'desc' },
    take: 200,
  })
  return onePage(
    rows.map(({ id, accountId, userAgent, address, createdAt, lastSeenAt, expiresAt }) => ({
      id,
      accountId,
      userAgent,
      address,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      current: id === sessionId,
    })),
  )
}

export async function getCurrentSession(
  { database }: ControlContext,
  { actor, via, sessionId, expiresAt }: Authentication,
): Promise<z.output<typeof CurrentSession>> {
  requireRole(actor, 'viewer')
  const account = await getAccountRow(database, requireAccountId(actor))
  return { account: toAccount(account), role: actor.role, via, sessionId, expiresAt: expiresAt?.toISOString() ?? null }
}
