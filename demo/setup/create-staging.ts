import { readFileSync } from 'node:fs'
import { ensureEnvironment } from './create-catalog.ts'
import { type ManagementClient, unlessExists } from './management-client.ts'

const STAGING = 'staging'
const PAYMENTS_API = new URL('../services/payments/openapi.yaml', import.meta.url)

const GRANTS = [
  { clientId: 'orders', scopes: ['charges:create', 'charges:capture', 'refunds:create'] },
  { clientId: 'backoffice', scopes: ['charges:read', 'refunds:read', 'refunds:create'] },
] as const

async function grantPayments(client: ManagementClient): Promise<void> {
  const params = { environment: STAGING }
  const { items: scopes } = await client.call('listScopes', { params, query: { service: 'payments', limit: 500 } })
  for (const { clientId, scopes: names } of GRANTS) {
    for (const { id } of scopes.filter(({ name }) => (names as readonly string[]).includes(name))) {
      await unlessExists(client.call('createGrant', { params, body: { clientId, scopeId: id } }))
    }
  }
}

/** A second environment, small: endpoints and rules from an OpenAPI document, nothing running yet. */
export async function createStaging(client: ManagementClient): Promise<void> {
  await ensureEnvironment(client, STAGING)
  const params = { environment: STAGING, service: 'payments' }
  await client.call('importOpenApi', { params, body: { document: readFileSync(PAYMENTS_API, 'utf8') } })
  await grantPayments(client)
  const { items } = await client.call('listEndpoints', {
    params: { environment: STAGING },
    query: { service: ['payments'] },
  })
  const off = items
    .filter(({ mode, method }) => mode === 'off' && method === 'POST')
    .map(({ id }) => ({ endpointId: id, mode: 'log-only' as const }))
  if (off.length > 0)
    await client.call('changeModes', {
      params: { environment: STAGING },
      body: { changes: off, reason: 'Watch what writes' },
    })
}
