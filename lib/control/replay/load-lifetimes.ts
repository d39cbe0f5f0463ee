import { scopeKey, type Lifetimes } from '../../evidence/draft.ts'
import type { Tx } from '../context.ts'

/** What decides how long tokens of an environment live. */
export async function loadLifetimes(db: Tx, environmentId: string): Promise<Lifetimes> {
  const [environment, settings, scopes] = await Promise.all([
    db.environment.findUniqueOrThrow({
      where: { id: environmentId },
      select: { defaultTokenLifetimeSeconds: true },
    }),
    db.identitySetting.findMany({
      where: { environmentId, tokenLifetimeSeconds: { not: null } },
      select: { tokenLifetimeSeconds: true, identity: { select: { clientId: true } } },
    }),
    db.scope.findMany({
      where: { tokenLifetimeSeconds: { not: null } },
      select: { serviceId: true, name: true, tokenLifetimeSeconds: true },
    }),
  ])
  return {
    environmentSeconds: environment.defaultTokenLifetimeSeconds,
    identities: new Map(
      settings.map(({ identity, tokenLifetimeSeconds }) => [identity.clientId, tokenLifetimeSeconds]),
    ),
    scopes: new Map(
      scopes.map(({ serviceId, name, tokenLifetimeSeconds }) => [scopeKey(serviceId, name), tokenLifetimeSeconds]),
    ),
  }
}
