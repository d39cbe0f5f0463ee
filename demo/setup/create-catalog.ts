import { GRANT_PLANS, INTEGRATION_PLANS } from './caller-plans.ts'
import { type ManagementClient, unlessExists } from './management-client.ts'
import { SERVICE_PLANS } from './service-plans.ts'

/** The environment of that name, created where it is missing. */
export async function ensureEnvironment(client: ManagementClient, slug: string) {
  const find = async () =>
    (await client.call('listEnvironments')).items.find((environment) => environment.slug === slug)
  const known = await find()
  if (known !== undefined) return known
  const name = `${slug.slice(0, 1).toUpperCase()}${slug.slice(1)}`
  return (
    (await unlessExists(client.call('createEnvironment', { body: { slug, name } }))) ??
    (await client.call('getEnvironment', { params: { environment: slug } }))
  )
}

/** Services, integrations and scopes belong to the whole installation. */
export async function createServicesAndScopes(client: ManagementClient): Promise<void> {
  for (const { slug, name, team, description, scopes } of SERVICE_PLANS) {
    await unlessExists(client.call('createService', { body: { slug, name, team, description } }))
    for (const [scope, meaning] of Object.entries(scopes))
      await unlessExists(client.call('createScope', { body: { serviceSlug: slug, name: scope, description: meaning } }))
  }
  for (const { clientId, name, description } of INTEGRATION_PLANS)
    await unlessExists(client.call('createIdentity', { body: { clientId, name, description } }))
}

export async function createGrants(client: ManagementClient, environment: string): Promise<void> {
  const { items: scopes } = await client.call('listScopes', { params: { environment }, query: { limit: 500 } })
  for (const { clientId, serviceSlug, scopes: names, note = '' } of GRANT_PLANS) {
    for (const scope of scopes.filter(
      (candidate) => candidate.serviceSlug === serviceSlug && names.includes(candidate.name),
    )) {
      await unlessExists(
        client.call('createGrant', { params: { environment }, body: { clientId, scopeId: scope.id, note } }),
      )
    }
  }
}

export async function setTokenLifetimes(client: ManagementClient, environment: string): Promise<void> {
  for (const { clientId, tokenLifetime } of INTEGRATION_PLANS) {
    if (tokenLifetime === undefined) continue
    const params = { environment, clientId }
    const { settingsVersion } = await client.call('getIdentity', { params })
    const body = { tokenLifetimeSeconds: tokenLifetime.seconds, reason: tokenLifetime.reason }
    await client.call('updateIdentitySetting', { params, body, ifMatch: settingsVersion })
  }
}
