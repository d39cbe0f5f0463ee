import type { z } from 'zod'
import { PasswordChange } from '../../contract/people.ts'
import { getAccountRow } from '../account/get-account-row.ts'
import { hashPassword, isPassword } from '../account/password.ts'
import { accountTarget } from '../account/to-account.ts'
import { requireRole } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import type { Authentication } from './authenticate.ts'
import type { Client } from './create-session.ts'
import { requireAccountId } from './require-account-id.ts'
import { startAttempt } from './sign-in-attempt.ts'

/** Ends the other sessions of the account. */
export async function changePassword(
  ctx: ControlContext,
  { actor, via, sessionId }: Authentication,
  client: Client,
  input: z.input<typeof PasswordChange>,
): Promise<Record<string, never>> {
  requireRole(actor, 'viewer')
  if (via !== 'session')
    throw new ControlError('forbidden', 'A password is changed from a session, not with an API token.')
  const { currentPassword, newPassword } = parseInput(PasswordChange, input)
  const account = await getAccountRow(ctx.database, requireAccountId(actor))
  const attempt = await startAttempt(ctx, account.email, client.address)
  if (!(await isPassword(account.passwordHash, currentPassword))) throw wrongPassword()
  await attempt.succeed()
  const passwordHash = await hashPassword(newPassword)
  return ctx.transact(async (tx) => {
    await tx.account.update({ where: { id: account.id, passwordHash: account.passwordHash }, data: { passwordHash } })
    const { count } = await tx.session.updateMany({
      where: { accountId: account.id, revokedAt: null, id: { not: sessionId ?? '' } },
      data: { revokedAt: new Date() },
    })
    await appendAuditEntry(tx, {
      actor,
      action: 'account.change-password',
      environment: null,
      target: accountTarget(account),
      before: null,
      after: { endedSessions: count },
    })
    return {}
  })
}

const wrongPassword = () =>
  new ControlError('invalid-value', 'The current password is wrong.', [
    { pointer: '/currentPassword', detail: 'is wrong' },
  ])
