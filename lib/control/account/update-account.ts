import type { z } from 'zod'
import { AccountUpdate, type Account } from '../../contract/people.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { requireVersion } from '../version-mismatch-error.ts'
import { getAccountRow } from './get-account-row.ts'
import { accountInclude, accountTarget, auditedAccount, toAccount, type AccountRow } from './to-account.ts'

type Wanted = z.output<typeof AccountUpdate>

/** Disabling ends its sessions at once; a lower role counts from the next request. */
export async function updateAccount(
  ctx: ControlContext,
  actor: Actor,
  id: string,
  version: number,
  input: z.input<typeof AccountUpdate>,
): Promise<z.output<typeof Account>> {
  requireRole(actor, 'administrator')
  const wanted = parseInput(AccountUpdate, input)
  return ctx.transact(async (tx) => {
    await lockAdministrators(tx)
    const before = await getAccountRow(tx, id)
    requireVersion(version, before.version)
    if (!isChanged(before, wanted)) return toAccount(before)
    if (losesAdministrator(before, wanted)) await requireAnotherAdministrator(tx, id)
    const after = await tx.account.update({
      where: { id, version },
      data: toData(before, wanted),
      include: accountInclude,
    })
    if (after.disabledAt)
      await tx.session.updateMany({ where: { accountId: id, revokedAt: null }, data: { revokedAt: new Date() } })
    await appendAuditEntry(tx, {
      actor,
      action: actionOf(before, after),
      environment: null,
      target: accountTarget(after),
      before: auditedAccount(before),
      after: auditedAccount(after),
    })
    return toAccount(after)
  })
}

/** Two administrators that demote each other at once must not both succeed. */
async function lockAdministrators(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT id FROM account WHERE role = 'administrator' ORDER BY id FOR UPDATE`
}

const isChanged = (before: AccountRow, { name, role, disabled }: Wanted): boolean =>
  (name !== undefined && name !== before.name) ||
  (role !== undefined && role !== before.role) ||
  (disabled !== undefined && disabled !== (before.disabledAt !== null))

const losesAdministrator = (before: AccountRow, { role, disabled }: Wanted): boolean =>
  before.role === 'administrator' &&
  before.disabledAt === null &&
  ((role !== undefined && role !== 'administrator') || disabled === true)

/** Somebody who was invited and never came is none. */
async function requireAnotherAdministrator(tx: Tx, id: string): Promise<void> {
  const others = await tx.account.count({
    where: {
      id: { not: id },
      role: 'administrator',
      disabledAt: null,
      OR: [{ passwordHash: { not: null } }, { oidcSubject: { not: null } }],
    },
  })
  if (others === 0)
    throw new ControlError(
      'conflict',
      'This is the last administrator who can sign in. Make somebody else administrator first.',
    )
}

const toData = (before: AccountRow, { name, role, disabled }: Wanted) => ({
  ...(name === undefined ? {} : { name }),
  ...(role === undefined ? {} : { role }),
  ...(disabled === undefined ? {} : { disabledAt: disabled ? (before.disabledAt ?? new Date()) : null }),
  version: { increment: 1 },
})

function actionOf(before: AccountRow, after: AccountRow): `account.${string}` {
  if ((before.disabledAt === null) !== (after.disabledAt === null))
    return after.disabledAt ? 'account.disable' : 'account.enable'
  return before.role === after.role ? 'account.update' : 'account.change-role'
}
