import type { Session } from '#lib/store/generated/client.ts'
import type { AccountRow } from '../account/to-account.ts'
import { ROLES, type Actor, type Role } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { hashOpaqueToken } from '../opaque-token.ts'
import { accountActor } from './create-session.ts'
import { SESSION_IDLE_MS } from './session-lifetime.ts'

/** Last use is written down to the minute. */
const TOUCH_MS = 60_000

/** Who sent a request, as the database has it at this moment. */
export interface Authentication {
  readonly actor: Actor
  readonly via: 'session' | 'api-token'
  readonly sessionId: string | null
  readonly expiresAt: Date | null
}

export async function authenticateSession(
  { database }: ControlContext,
  token: string,
  requestId: string,
): Promise<Authentication> {
  const session = await database.session.findUnique({
    where: { tokenHash: hashOpaqueToken(token) },
    include: { account: true },
  })
  if (!session) throw new ControlError('unauthenticated', 'There is no such session. Sign in.')
  const now = Date.now()
  if (hasEnded(session, now) || session.account.disabledAt)
    throw new ControlError('session-expired', 'The session has ended. Sign in again.')
  if (now - session.lastSeenAt.getTime() > TOUCH_MS)
    await database.session.updateMany({
      where: { id: session.id, revokedAt: null },
      data: { lastSeenAt: new Date(now) },
    })
  return {
    actor: accountActor(session.account, requestId),
    via: 'session',
    sessionId: session.id,
    expiresAt: session.expiresAt,
  }
}

const hasEnded = ({ revokedAt, expiresAt, lastSeenAt }: Session, now: number): boolean =>
  revokedAt !== null || expiresAt.getTime() <= now || lastSeenAt.getTime() + SESSION_IDLE_MS <= now

export async function authenticateApiToken(
  { database }: ControlContext,
  token: string,
  requestId: string,
): Promise<Authentication> {
  const found = await database.apiToken.findUnique({
    where: { tokenHash: hashOpaqueToken(token) },
    include: { account: true },
  })
  const now = Date.now()
  if (!found || found.revokedAt || found.account.disabledAt)
    throw new ControlError('unauthenticated', 'The API token is unknown or revoked.')
  if (found.expiresAt && found.expiresAt.getTime() <= now)
    throw new ControlError('unauthenticated', 'The API token has expired.')
  if (now - (found.lastUsedAt?.getTime() ?? 0) > TOUCH_MS)
    await database.apiToken.updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date(now) } })
  return {
    actor: tokenActor(found, found.account, requestId),
    via: 'api-token',
    sessionId: null,
    expiresAt: found.expiresAt,
  }
}

const tokenActor = (
  token: { id: string; name: string; role: Role },
  account: Pick<AccountRow, 'id' | 'name' | 'role'>,
  requestId: string,
): Actor => ({
  kind: 'api-token',
  id: token.id,
  name: `${account.name} (${token.name})`,
  role: lesserRole(token.role, account.role),
  accountId: account.id,
  requestId,
})

const lesserRole = (a: Role, b: Role): Role => (ROLES.indexOf(a) < ROLES.indexOf(b) ? a : b)
