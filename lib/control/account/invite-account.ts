import type { z } from 'zod'
import { AccountCreate, type AccountInvitation } from '../../contract/people.ts'
import { requireRole, type Actor } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { createSetupLink } from '../setup/create-setup-link.ts'
import { getAccountRow } from './get-account-row.ts'
import { accountInclude, accountTarget, auditedAccount, toAccount, type AccountRow } from './to-account.ts'

const VALID_MS = 72 * 3_600_000

type Invitation = z.output<typeof AccountInvitation>
type LinkContext = Pick<ControlContext, 'transact' | 'publicUrl'>

/** The link is in this answer and nowhere else. */
export async function inviteAccount(
  ctx: ControlContext,
  actor: Actor,
  input: z.input<typeof AccountCreate>,
): Promise<Invitation> {
  requireRole(actor, 'administrator')
  const wanted = parseInput(AccountCreate, input)
  return ctx.transact(async (tx) => {
    const account = await tx.account.create({ data: wanted, include: accountInclude })
    await appendAuditEntry(tx, {
      actor,
      action: 'account.invite',
      environment: null,
      target: accountTarget(account),
      before: null,
      after: auditedAccount(account),
    })
    return { account: toAccount(account), setupUrl: await createLink(tx, ctx, actor, account) }
  })
}

/** A new link, for an invitation that expired or a password that is lost; earlier links stop working. */
export async function reinviteAccount(ctx: LinkContext, actor: Actor, id: string): Promise<Invitation> {
  requireRole(actor, 'administrator')
  return ctx.transact(async (tx) => {
    const account = await getAccountRow(tx, id)
    if (account.disabledAt) throw new ControlError('conflict', 'The account is disabled. Enable it first.')
    await tx.setupLink.deleteMany({ where: { accountId: id, usedAt: null } })
    await appendAuditEntry(tx, {
      actor,
      action: 'account.make-setup-link',
      environment: null,
      target: accountTarget(account),
      before: null,
      after: null,
    })
    return { account: toAccount(account), setupUrl: await createLink(tx, ctx, actor, account) }
  })
}

const createLink = (tx: Tx, { publicUrl }: LinkContext, actor: Actor, { id, role }: AccountRow): Promise<string> =>
  createSetupLink(tx, publicUrl, {
    role,
    accountId: id,
    createdBy: actor.name,
    expiresAt: new Date(Date.now() + VALID_MS),
  })
