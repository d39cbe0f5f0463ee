import type { z } from 'zod'
import type { Credential } from '../../contract/catalog.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { onePage, type Page } from '../cursor.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { getIdentityRow } from '../identity/get-identity-row.ts'
import { credentialInclude, toCredential } from './to-credential.ts'

/** Newest first; the oldest revoked ones are left out. */
const SHOWN_MAX = 100

export async function listCredentials(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  clientId: string,
): Promise<Page<z.output<typeof Credential>>> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  const identity = await getIdentityRow(ctx.database, clientId)
  const rows = await ctx.database.credential.findMany({
    where: { identityId: identity.id, environmentId },
    include: credentialInclude,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: SHOWN_MAX,
  })
  const now = new Date()
  return onePage(rows.map((row) => toCredential(row, now)))
}
