import { z } from 'zod'
import type { ApiToken } from '../../contract/people.ts'
import type { PageQuery } from '../../contract/primitives.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { requireAccountId } from '../session/require-account-id.ts'
import { apiTokenInclude, toApiToken } from './to-api-token.ts'

/** Those not revoked: one's own, everybody's as administrator. Newest first. */
export async function listApiTokens(
  { database }: ControlContext,
  actor: Actor,
  query: z.output<typeof PageQuery>,
): Promise<Page<z.output<typeof ApiToken>>> {
  requireRole(actor, 'viewer')
  const after = parseCursor('api-tokens', query.cursor, z.uuid())
  const rows = await database.apiToken.findMany({
    where: {
      revokedAt: null,
      ...(actor.role === 'administrator' ? {} : { accountId: requireAccountId(actor) }),
      ...(after ? { id: { lt: after[0] } } : {}),
    },
    include: apiTokenInclude,
    orderBy: { id: 'desc' },
    take: query.limit + 1,
  })
  return toPage(rows, query.limit, toApiToken, ({ id }) => toCursor('api-tokens', id))
}
