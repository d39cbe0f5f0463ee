import type { ControlContext } from '../context.ts'

export interface IdentityLifetime {
  /** Null: the environment decides. */
  readonly seconds: number | null
  readonly reason: string | null
}

/** What decides how long tokens live. */
export interface LifetimeSettings {
  readonly environmentSeconds: number
  readonly identities: ReadonlyMap<string, IdentityLifetime>
  /** By service: scopes whose tokens live shorter. */
  readonly scopes: ReadonlyMap<string, ReadonlyMap<string, number>>
}

export async function loadLifetimeSettings(
  { database }: Pick<ControlContext, 'database'>,
  environmentId: string,
): Promise<LifetimeSettings> {
  const [environment, identities, scopes] = await Promise.all([
    database.environment.findUniqueOrThrow({ where: { id: environmentId } }),
    database.identity.findMany({ select: { clientId: true, settings: { where: { environmentId } } } }),
    database.scope.findMany({
      where: { tokenLifetimeSeconds: { not: null } },
      select: { name: true, tokenLifetimeSeconds: true, service: { select: { slug: true } } },
    }),
  ])
  return {
    environmentSeconds: environment.defaultTokenLifetimeSeconds,
    identities: new Map(
      identities.map(({ clientId, settings: [setting] }) => [
        clientId,
        { seconds: setting?.tokenLifetimeSeconds ?? null, reason: setting?.tokenLifetimeReason ?? null },
      ]),
    ),
    scopes: new Map(
      [...Map.groupBy(scopes, ({ service }) => service.slug)].map(([slug, own]) => [
        slug,
        new Map(own.map(({ name, tokenLifetimeSeconds }) => [name, tokenLifetimeSeconds ?? 0])),
      ]),
    ),
  }
}
