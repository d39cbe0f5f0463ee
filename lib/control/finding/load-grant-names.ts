import type { Tx } from '../context.ts'
import { grantInclude, toGrant } from '../grant/to-grant.ts'

export type GrantName = Awaited<ReturnType<typeof loadGrantNames>> extends Map<string, infer Name> ? Name : never

/** How findings name the grants of an environment; by id. */
export async function loadGrantNames(db: Tx, environmentId: string) {
  const rows = await db.grant.findMany({ where: { environmentId }, include: grantInclude })
  return new Map(
    rows.map((row) => {
      const { id, clientId, identityKind, scopeId, scope, serviceSlug, expiresAt, note, createdAt } = toGrant(row)
      return [
        id,
        { grantId: id, clientId, identityKind, scopeId, scope, serviceSlug, expiresAt, note, createdAt },
      ] as const
    }),
  )
}
