import type { z } from 'zod'
import { SignIn, type SessionIssued } from '../../contract/people.ts'
import { isPassword } from '../account/password.ts'
import { accountInclude } from '../account/to-account.ts'
import type { ControlContext } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { parseInput } from '../parse-input.ts'
import { createSession, type Client } from './create-session.ts'
import { startAttempt } from './sign-in-attempt.ts'

/** One answer, and one time to answer in, for an unknown e-mail, a wrong password and a disabled account. */
export async function signIn(
  ctx: ControlContext,
  client: Client,
  input: z.input<typeof SignIn>,
): Promise<z.output<typeof SessionIssued>> {
  const { email, password } = parseInput(SignIn, input)
  const attempt = await startAttempt(ctx, email, client.address)
  const account = await ctx.database.account.findUnique({ where: { email }, include: accountInclude })
  const isRight = await isPassword(account?.passwordHash ?? null, password)
  if (!account || !isRight || account.disabledAt)
    throw new ControlError('sign-in-failed', 'E-mail or password is wrong.')
  const issued = await ctx.transact((tx) => createSession(tx, account, client, 'password'))
  await attempt.succeed()
  return issued
}
