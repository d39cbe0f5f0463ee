import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { MACHINE_AUDIENCE } from '#lib/contract/machine.ts'
import { ensureSigningKeys } from '#lib/control/signing-key/ensure-signing-keys.ts'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { publishRevision } from '#lib/control/publication/publish-revision.ts'
import type { Database } from '#lib/store/database.ts'
import type { ConsoleTarget, GatewaySettings } from '../gateway-settings.ts'
import { startGateway, type Gateway } from '../start-gateway.ts'

export const TEST_SECRET = 'a secret of tests, long enough to be one'

export const testSettings = (settings: Partial<GatewaySettings> = {}): GatewaySettings => ({
  port: 0,
  host: '127.0.0.1',
  publicUrl: 'http://stepgate.test',
  secret: TEST_SECRET,
  trustedProxies: [],
  tls: null,
  clientCaFile: null,
  certificateProxies: [],
  logLevel: 'silent',
  oidc: null,
  ...settings,
})

export const startTestGateway = (
  database: Database,
  settings: Partial<GatewaySettings> = {},
  consoleTarget: ConsoleTarget | null = null,
): Promise<Gateway> => startGateway({ settings: testSettings(settings), database, consoleTarget })

export interface Fleet {
  readonly environmentId: string
  readonly environmentSlug: string
  readonly serviceIds: Readonly<Record<string, string>>
  /** Client secrets by client_id. */
  readonly secrets: Readonly<Record<string, string>>
}

/** An environment with the named services, each with an identity and a secret, written as the verbs would. */
export async function createFleet(
  database: Database,
  { environment = `env-${randomUUID().slice(0, 8)}`, services }: { environment?: string; services: readonly string[] },
): Promise<Fleet> {
  const { prisma } = database
  const { id: environmentId } = await prisma.environment.create({ data: { slug: environment, name: environment } })
  const serviceIds: Record<string, string> = {}
  const secrets: Record<string, string> = {}
  for (const slug of services) {
    const service = await prisma.service.upsert({
      where: { slug },
      create: { slug, name: slug, identity: { create: { clientId: slug, kind: 'service', name: slug } } },
      update: {},
    })
    serviceIds[slug] = service.id
    secrets[slug] = await createSecret(database, environmentId, slug)
  }
  await publish(database, environmentId)
  return { environmentId, environmentSlug: environment, serviceIds, secrets }
}

export async function createSecret({ prisma }: Database, environmentId: string, clientId: string): Promise<string> {
  const secret = `sg_live_${randomBytes(24).toString('base64url')}`
  const identity = await prisma.identity.findUniqueOrThrow({ where: { clientId } })
  const secretHash = Uint8Array.from(createHash('sha256').update(secret).digest())
  await prisma.credential.create({
    data: {
      identityId: identity.id,
      environmentId,
      kind: 'client_secret',
      name: 'test',
      secretHash,
      secretHint: secret.slice(-4),
      createdBy: 'test',
    },
  })
  return secret
}

export async function publish(
  { prisma }: Database,
  environmentId: string,
): Promise<{ number: number; changedServices: string[] }> {
  return prisma.$transaction(async (tx) => {
    await ensureSigningKeys(tx, environmentId, createKeyCipher(TEST_SECRET))
    return publishRevision(tx, { environmentId, summary: 'test', actorName: 'test' })
  })
}

export async function grant(
  { prisma }: Database,
  fleet: Fleet,
  clientId: string,
  serviceSlug: string,
  scopeName: string,
): Promise<void> {
  const serviceId = fleet.serviceIds[serviceSlug] ?? ''
  const identity = await prisma.identity.findUniqueOrThrow({ where: { clientId } })
  const scope = await prisma.scope.upsert({
    where: { serviceId_name: { serviceId, name: scopeName } },
    create: { serviceId, name: scopeName },
    update: {},
  })
  await prisma.grant.create({
    data: { identityId: identity.id, scopeId: scope.id, environmentId: fleet.environmentId, createdBy: 'test' },
  })
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export async function requestToken(
  url: string,
  form: Record<string, string> | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form), headers })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

export async function machineToken(url: string, fleet: Fleet, clientId: string): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    audience: MACHINE_AUDIENCE,
    client_id: clientId,
    client_secret: fleet.secrets[clientId] ?? '',
  }
  const { body } = await requestToken(url, form)
  if (typeof body['access_token'] !== 'string') throw new Error(`No token: ${JSON.stringify(body)}`)
  return body['access_token']
}

/**
 * Polls a condition until it holds, however long that takes on a busy machine, and more and more slowly: what is refused meanwhile
 * counts as a failed attempt at the gateway.
 */
export async function eventually<Value>(read: () => Promise<Value | undefined | false>, seconds = 30): Promise<Value> {
  const deadline = Date.now() + seconds * 1_000
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
    const value = await read()
    if (value !== undefined && value !== false) return value
    if (Date.now() > deadline) throw new Error(`The condition did not hold within ${seconds} seconds.`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
