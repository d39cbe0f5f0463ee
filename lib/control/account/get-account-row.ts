import type { Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { accountInclude } from './to-account.ts'

export async function getAccountRow(db: Tx, id: string) {
  const account = await db.account.findUnique({ where: { id }, include: accountInclude })
  if (!account) throw new ControlError('not-found', 'There is no such account.')
  return account
}
