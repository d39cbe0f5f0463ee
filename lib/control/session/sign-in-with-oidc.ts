import type { z } from 'zod'
import { Email, OidcSignIn, type SessionIssued } from '../../contract/people.ts'
import { DisplayName } from '../../contract/primitives.ts'
import { accountInclude, accountTarget, auditedAccount, type AccountRow } from '../account/to-account.ts'
import { appendAuditEntry } from '../audit/append-audit-entry.ts'
import type { ControlContext, OidcProvider, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { accountActor, createSession, type Client } from './create-session.ts'
import { verifyIdToken, type IdTokenClaims } from './verify-id-token.ts'

export async function signInWithOidc(
  ctx: ControlContext,
  client: Client,
  input: z.input<typeof OidcSignIn>,
): Promise<z.output<typeof SessionIssued>> {
  const { idToken, nonce } = parseInput(OidcSignIn, input)
  const provider = ctx.oidc
  if (!provider) throw new ControlError('sign-in-failed', 'There is no identity provider here.')
  const claims = await verifyIdToken(provider, idToken, nonce)
  return ctx.transact(async (tx) => {
    const account = (await findAccount(tx, provider, claims)) ?? (await createAccount(tx, provider, claims, client))
    if (account.disabledAt) throw new ControlError('forbidden', 'This account is disabled.')
    return createSession(tx, account, client, 'oidc')
  })
}

const subjectOf = ({ issuer }: OidcProvider, { sub }: IdTokenClaims): string => `${issuer}|${sub}`

/** By subject; the first time by the address somebody was invited under, when the provider has verified it. */
async function findAccount(tx: Tx, provider: OidcProvider, claims: IdTokenClaims): Promise<AccountRow | null> {
  const oidcSubject = subjectOf(provider, claims)
  const known = await tx.account.findUnique({ where: { oidcSubject }, include: accountInclude })
  if (known) return known
  const email = Email.safeParse(claims.email)
  if (!email.success) return null
  const same = await tx.account.findUnique({ where: { email: email.data } })
  if (!same) return null
  if (claims.email_verified !== true)
    throw new ControlError(
      'forbidden',
      `${provider.name} has not verified this e-mail address, which has an account here.`,
    )
  if (same.passwordHash !== null || same.oidcSubject !== null)
    throw new ControlError('forbidden', 'The account of this e-mail address signs in in another way.')
  return tx.account.update({
    where: { id: same.id },
    data: { oidcSubject, version: { increment: 1 } },
    include: accountInclude,
  })
}

async function createAccount(
  tx: Tx,
  provider: OidcProvider,
  claims: IdTokenClaims,
  { requestId }: Client,
): Promise<AccountRow> {
  if (provider.defaultRole === null)
    throw new ControlError('forbidden', 'You have no account here. Ask an administrator for an invitation.')
  const email = Email.safeParse(claims.email)
  if (!email.success || claims.email_verified === false)
    throw new ControlError('forbidden', `${provider.name} did not send a verified e-mail address.`)
  const name = DisplayName.safeParse(claims.name ?? claims.preferred_username).data ?? email.data
  const data = { email: email.data, name, role: provider.defaultRole, oidcSubject: subjectOf(provider, claims) }
  const account = await tx.account.create({ data, include: accountInclude })
  await appendAuditEntry(tx, {
    actor: accountActor(account, requestId),
    action: 'account.join',
    environment: null,
    target: accountTarget(account),
    before: null,
    after: auditedAccount(account),
  })
  return account
}
