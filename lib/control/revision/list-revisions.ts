import { z } from 'zod'
import type { Revision } from '../../contract/catalog.ts'
import type { PageQuery } from '../../contract/primitives.ts'
import { readLiveInstances } from '#lib/store/decisions/read-live-instances.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { parseCursor, toCursor, toPage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'

type Answer = z.output<typeof Revision>

/** Newest first; the newest one says how many instances of the services it changed confirm it. */
export async function listRevisions(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  query: z.output<typeof PageQuery>,
): Promise<Page<Answer>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const after = parseCursor('revisions', query.cursor, z.int())
  const rows = await ctx.database.revision.findMany({
    where: { environmentId, ...(after ? { number: { lt: after[0] } } : {}) },
    orderBy: { number: 'desc' },
    take: query.limit + 1,
  })
  const newest = after ? undefined : rows[0]
  const instances = newest ? await countInstances(ctx, environmentId, newest.changedServices) : null
  return toPage(
    rows,
    query.limit,
    (row): Answer => ({
      number: row.number,
      summary: row.summary,
      actorName: row.actorName,
      publishedAt: row.publishedAt.toISOString(),
      changedServices: row.changedServices,
      instances: row === newest ? instances : null,
    }),
    ({ number }) => toCursor('revisions', number),
  )
}

async function countInstances(
  ctx: ControlContext,
  environmentId: string,
  services: readonly string[],
): Promise<Answer['instances']> {
  const live = (await readLiveInstances(ctx.pool, environmentId)).filter(({ serviceSlug }) =>
    services.includes(serviceSlug),
  )
  return { live: live.length, confirmed: live.filter(({ confirmed }) => confirmed).length }
}
