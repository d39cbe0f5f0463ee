import { z } from 'zod'
import type { Grant } from '../../contract/catalog.ts'
import type { routes } from '../../contract/routes.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { readGrantUses } from './read-grant-uses.ts'
import { grantInclude, toGrant } from './to-grant.ts'

/** Newest first. */
export async function listGrants(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof routes.listGrants.query>,
): Promise<Page<z.output<typeof Grant>>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const after = parseCursor('grants', query.cursor, z.uuid())
  const [rows, uses] = await Promise.all([
    ctx.database.grant.findMany({
      where: {
        environmentId,
        ...(after ? { id: { lt: after[0] } } : {}),
        ...(query.clientId === undefined ? {} : { identity: { clientId: query.clientId } }),
        ...(query.service === undefined ? {} : { scope: { service: { slug: query.service } } }),
      },
      include: grantInclude,
      orderBy: { id: 'desc' },
      take: query.limit + 1,
    }),
    readGrantUses(ctx.pool, environmentId),
  ])
  return toPage(
    rows,
    query.limit,
    (row) => toGrant(row, uses.get(row.id)),
    ({ id }) => toCursor('grants', id),
  )
}
