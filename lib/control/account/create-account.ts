import { z } from 'zod'
import { AccountCreate, Password, type Account } from '../../contract/people.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext } from '../context.ts'
import { parseInput } from '../parse-input.ts'
import { hashPassword } from './password.ts'
import { accountInclude, accountTarget, auditedAccount, toAccount } from './to-account.ts'

const NewAccount = z.strictObject({ ...AccountCreate.shape, password: Password })

/** An account with a password from the start: for whoever runs the installation, not for the API. */
export async function createAccount(
  ctx: Pick<ControlContext, 'transact'>,
  actor: Actor,
  input: z.input<typeof NewAccount>,
): Promise<z.output<typeof Account>> {
  requireRole(actor, 'administrator')
  const { password, ...wanted } = parseInput(NewAccount, input)
  const passwordHash = await hashPassword(password)
  return ctx.transact(async (tx) => {
    const account = await tx.account.create({ data: { ...wanted, passwordHash }, include: accountInclude })
    await appendAuditEntry(tx, {
      actor,
      action: 'account.create',
      environment: null,
      target: accountTarget(account),
      before: null,
      after: auditedAccount(account),
    })
    return toAccount(account)
  })
}
