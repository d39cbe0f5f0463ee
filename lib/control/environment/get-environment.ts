import type { z } from 'zod'
import type { Environment } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext, Tx } from '../context.ts'
import { ControlError } from '../control-error.ts'
import { environmentInclude, toEnvironment } from './to-environment.ts'

export async function getEnvironment(
  ctx: ControlContext,
  actor: Actor,
  slug: string,
): Promise<z.output<typeof Environment>> {
  requireRole(actor, 'viewer')
  const row = await ctx.database.environment.findUnique({ where: { slug }, include: environmentInclude })
  if (!row) throw noSuchEnvironment(slug)
  return toEnvironment(ctx, row)
}

/** The environment a request is about. */
export async function getEnvironmentRow(db: Tx, slug: string): Promise<{ id: string; slug: string; revision: number }> {
  const row = await db.environment.findUnique({ where: { slug }, select: { id: true, slug: true, revision: true } })
  if (!row) throw noSuchEnvironment(slug)
  return row
}

export const getEnvironmentId = async (db: Tx, slug: string): Promise<string> => (await getEnvironmentRow(db, slug)).id

const noSuchEnvironment = (slug: string) => new ControlError('not-found', `There is no environment ${slug}.`)
