import { generateKeyPairSync } from 'node:crypto'
import type { Settings } from '#server/settings.ts'
import type { Fleet } from '../fleet.ts'
import type { ManagementClient } from '../setup/management-client.ts'
import type { FleetProgram } from '../supervision/fleet-program.ts'
import type { TrialCertificates } from './certificates.ts'

const ENVIRONMENT = { environment: 'production' }

type Variables = Readonly<Record<string, string>>
/** Registers a credential; answers what the service is told instead of its secret. */
export type CreateCredential = (client: ManagementClient, clientId: string) => Promise<Variables>

export const programOf = (fleet: Fleet, name: string): FleetProgram =>
  fleet.programs.find(({ plan }) => plan.name === name) as FleetProgram // the fleet has each

/** Another process of the program takes over, with some settings changed. */
export function replaceProgram(fleet: Fleet, name: string, variables: Variables = {}): Promise<void> {
  const program = programOf(fleet, name)
  return program.replace({ ...program.plan, environment: { ...program.plan.environment, ...variables } })
}

/** As a service team does it: a new credential beside the old one, a new process beside the old one; then the old ones go. */
export async function replaceCredential(
  client: ManagementClient,
  fleet: Fleet,
  clientId: string,
  create: CreateCredential,
): Promise<void> {
  const { items } = await client.call('listCredentials', { params: { ...ENVIRONMENT, clientId } })
  await replaceProgram(fleet, clientId, { STEPGATE_CLIENT_SECRET: '', ...(await create(client, clientId)) })
  for (const { id } of items.filter(({ revokedAt }) => revokedAt === null))
    await client.call('revokeCredential', { params: { ...ENVIRONMENT, id } })
}

/** Assertions name the token endpoint, so the service has to know it by its public address. */
export const byKey =
  ({ publicUrl }: Pick<Settings, 'publicUrl'>): CreateCredential =>
  async (client, clientId) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    await client.call('createCredential', {
      params: { ...ENVIRONMENT, clientId },
      body: { kind: 'public-key', name: 'Key of the trial', publicKey: pem },
    })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { STEPGATE_URL: publicUrl, STEPGATE_PRIVATE_KEY: key }
  }

/** Peers are called over plain HTTP, so tokens for them are bound to a key of the process rather than to the certificate. */
export const byCertificate =
  ({ tls }: Pick<Settings, 'tls'>, { own, authorityFile, service }: TrialCertificates): CreateCredential =>
  async (client, clientId) => {
    await client.call('createCredential', {
      params: { ...ENVIRONMENT, clientId },
      body: { kind: 'client-certificate', name: 'Certificate of the trial', certificate: own.certPem },
    })
    return {
      STEPGATE_URL: tls?.publicUrl ?? '',
      STEPGATE_DPOP: 'true',
      NODE_EXTRA_CA_CERTS: authorityFile,
      ...service,
    }
  }

export async function setLifetime(client: ManagementClient, clientId: string, seconds: number): Promise<void> {
  const { settingsVersion } = await client.call('getIdentity', { params: { ...ENVIRONMENT, clientId } })
  await client.call('updateIdentitySetting', {
    params: { ...ENVIRONMENT, clientId },
    ifMatch: settingsVersion,
    body: { tokenLifetimeSeconds: seconds },
  })
}
