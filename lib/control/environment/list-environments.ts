import type { z } from 'zod'
import type { Environment } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { onePage, type Page } from '../cursor.ts'
import { environmentInclude, toEnvironment } from './to-environment.ts'

export async function listEnvironments(ctx: ControlContext, actor: Actor): Promise<Page<z.output<typeof Environment>>> {
  requireRole(actor, 'viewer')
  const rows = await ctx.database.environment.findMany({
    include: environmentInclude,
    orderBy: [{ position: 'asc' }, { slug: 'asc' }],
  })
  return onePage(rows.map((row) => toEnvironment(ctx, row)))
}
