import type { z } from 'zod'
import { Setup, type SessionIssued } from '../../contract/people.ts'
import { hashPassword } from '../account/password.ts'
import { accountInclude, accountTarget, auditedAccount, type AccountRow } from '../account/to-account.ts'
import type { Role } from '../actor.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { hashOpaqueToken } from '../opaque-token.ts'
import { parseInput } from '../parse-input.ts'
import { accountActor, createSession, type Client } from '../session/create-session.ts'

type Wanted = z.output<typeof Setup>

/** Uses a one-time link: the first administrator is made, or somebody invited chooses a password. Signs them in. */
export async function completeSetup(
  ctx: ControlContext,
  client: Client,
  input: z.input<typeof Setup>,
): Promise<z.output<typeof SessionIssued>> {
  const wanted = parseInput(Setup, input)
  await requireUsable(ctx.database, wanted.token)
  const passwordHash = await hashPassword(wanted.password)
  return ctx.transact(async (tx) => {
    const link = await useLink(tx, wanted.token)
    const account =
      link.accountId === null
        ? await createFirstAccount(tx, wanted, link.role, passwordHash)
        : await choosePassword(tx, link.accountId, wanted, passwordHash)
    await appendAuditEntry(tx, {
      actor: accountActor(account, client.requestId),
      action: link.accountId === null ? 'account.create' : 'account.choose-password',
      environment: null,
      target: accountTarget(account),
      before: null,
      after: auditedAccount(account),
    })
    return createSession(tx, account, client, 'setup-link')
  })
}

const invalid = () =>
  new ControlError('link-invalid', 'The link is invalid, used or expired.', [
    { pointer: '/token', detail: 'is invalid, used or expired' },
  ])

/** Guessing costs no password hash. */
async function requireUsable(db: Tx, token: string): Promise<void> {
  const count = await db.setupLink.count({
    where: { tokenHash: hashOpaqueToken(token), usedAt: null, expiresAt: { gt: new Date() } },
  })
  if (count === 0) throw invalid()
}

/** The write decides between two that use the link at once. */
async function useLink(tx: Tx, token: string): Promise<{ accountId: string | null; role: Role }> {
  const now = new Date()
  const [link] = await tx.setupLink.updateManyAndReturn({
    where: { tokenHash: hashOpaqueToken(token), usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
    select: { accountId: true, role: true },
  })
  if (!link) throw invalid()
  return link
}

async function createFirstAccount(
  tx: Tx,
  { email, name }: Wanted,
  role: Role,
  passwordHash: string,
): Promise<AccountRow> {
  const missing = [...(email === undefined ? ['/email'] : []), ...(name === undefined ? ['/name'] : [])]
  if (email === undefined || name === undefined)
    throw new ControlError(
      'invalid-request',
      'The first administrator needs an e-mail address and a name.',
      missing.map((pointer) => ({ pointer, detail: 'is required' })),
    )
  // Two links may be about: of two that use one each, the later sees the account of the first.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('first account', 0)) IS NULL AS locked`
  if ((await tx.account.count()) > 0)
    throw new ControlError('setup-done', 'An administrator exists already. Sign in, or ask for an invitation.')
  return tx.account.create({ data: { email, name, role, passwordHash }, include: accountInclude })
}

async function choosePassword(tx: Tx, id: string, { name }: Wanted, passwordHash: string): Promise<AccountRow> {
  const account = await tx.account.update({
    where: { id },
    data: { passwordHash, ...(name === undefined ? {} : { name }), version: { increment: 1 } },
    include: accountInclude,
  })
  if (account.disabledAt) throw new ControlError('forbidden', 'This account is disabled.')
  await tx.session.updateMany({ where: { accountId: id, revokedAt: null }, data: { revokedAt: new Date() } })
  return account
}
