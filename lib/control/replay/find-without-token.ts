import { tokenKey, type GrantName } from '../../evidence/draft.ts'
import type { Tx } from '../context.ts'

export interface WithoutToken {
  readonly key: string
  readonly clientId: string
  readonly serviceSlug: string
}

/** A client that holds no scope of a service gets no token for it: everything it calls there is lost, whatever that asks for. */
export async function findWithoutToken(
  db: Tx,
  environmentId: string,
  removed: readonly GrantName[],
  added: readonly GrantName[],
): Promise<WithoutToken[]> {
  if (removed.length === 0) return []
  const held = await db.grant.findMany({
    where: {
      environmentId,
      scope: { serviceId: { in: [...new Set(removed.map(({ serviceId }) => serviceId))] } },
      OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }],
    },
    select: {
      identity: { select: { clientId: true } },
      scope: { select: { name: true, serviceId: true, service: { select: { slug: true } } } },
    },
  })
  const isRemoved = (clientId: string, serviceId: string, scope: string): boolean =>
    removed.some(
      (grant) =>
        grant.serviceId === serviceId &&
        grant.scope === scope &&
        (grant.clientId === null || grant.clientId === clientId),
    )
  const kept = new Set(added.map(({ clientId, serviceId }) => tokenKey(clientId ?? '', serviceId)))
  for (const { identity, scope } of held)
    if (!isRemoved(identity.clientId, scope.serviceId, scope.name))
      kept.add(tokenKey(identity.clientId, scope.serviceId))
  const all = new Map(
    held.map(({ identity: { clientId }, scope }) => {
      const key = tokenKey(clientId, scope.serviceId)
      return [key, { key, clientId, serviceSlug: scope.service.slug }]
    }),
  )
  return [...all.values()].filter(({ key }) => !kept.has(key))
}
