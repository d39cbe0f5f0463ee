import type { z } from 'zod'
import type { Issuer } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { onePage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { getIssuerRow } from './get-issuer-row.ts'
import { refreshIssuerKeys } from './refresh-issuer-keys.ts'
import { toIssuer } from './to-issuer.ts'

export async function listIssuers(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
): Promise<Page<z.output<typeof Issuer>>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const rows = await ctx.database.issuer.findMany({ where: { environmentId }, orderBy: { name: 'asc' } })
  return onePage(rows.map(toIssuer))
}

/** Fetches its keys now. That it failed is said in the answer's `refreshError`. */
export async function refreshIssuer(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  id: string,
): Promise<z.output<typeof Issuer>> {
  requireRole(actor, 'operator')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  await refreshIssuerKeys(ctx.transact, actor, await getIssuerRow(ctx.database, environmentId, id))
  return toIssuer(await getIssuerRow(ctx.database, environmentId, id))
}
