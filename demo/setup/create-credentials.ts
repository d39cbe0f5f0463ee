import { generateKeyPairSync } from 'node:crypto'
import { INTEGRATION_PLANS } from './caller-plans.ts'
import type { FleetStateFile } from './fleet-state.ts'
import type { ManagementClient } from './management-client.ts'
import { SERVICE_PLANS } from './service-plans.ts'

async function createSecret(client: ManagementClient, environment: string, clientId: string): Promise<string> {
  const { secret } = await client.call('createCredential', {
    params: { environment, clientId },
    body: { kind: 'client-secret', name: 'Demo fleet' },
  })
  if (secret === null) throw new Error(`No secret was shown for ${clientId}.`)
  return secret
}

/** The private key is made here and stays here: Stepgate gets the public one. */
async function registerKey(client: ManagementClient, environment: string, clientId: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  await client.call('createCredential', {
    params: { environment, clientId },
    body: { kind: 'public-key', name: 'Marketplace’s key', publicKey: publicKeyPem },
  })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A credential for each identity that has none here. Each is written down at once: its secret is shown only now. */
export async function createCredentials(
  client: ManagementClient,
  environment: string,
  file: FleetStateFile,
): Promise<void> {
  const services = SERVICE_PLANS.map(({ slug }) => ({ clientId: slug, credential: 'client-secret' as const }))
  for (const { clientId, credential } of [...services, ...INTEGRATION_PLANS]) {
    if (file.state.credentials[clientId] !== undefined) continue
    const create = credential === 'public-key' ? registerKey : createSecret
    file.rememberCredential(clientId, await create(client, environment, clientId))
  }
}
