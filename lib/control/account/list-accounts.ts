import { z } from 'zod'
import type { Account } from '../../contract/people.ts'
import type { PageQuery } from '../../contract/primitives.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getAccountRow } from './get-account-row.ts'
import { accountInclude, toAccount } from './to-account.ts'

export async function listAccounts(
  ctx: ControlContext,
  actor: Actor,
  query: z.output<typeof PageQuery>,
): Promise<Page<z.output<typeof Account>>> {
  requireRole(actor, 'administrator')
  const after = parseCursor('accounts', query.cursor, z.string())
  const rows = await ctx.database.account.findMany({
    ...(after ? { where: { email: { gt: after[0] } } } : {}),
    include: accountInclude,
    orderBy: { email: 'asc' },
    take: query.limit + 1,
  })
  return toPage(rows, query.limit, toAccount, ({ email }) => toCursor('accounts', email))
}

export async function getAccount(ctx: ControlContext, actor: Actor, id: string): Promise<z.output<typeof Account>> {
  requireRole(actor, 'administrator')
  return toAccount(await getAccountRow(ctx.database, id))
}
