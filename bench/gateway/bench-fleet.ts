import { createHash, randomBytes } from 'node:crypto'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { ensureSigningKeys } from '#lib/control/signing-key/ensure-signing-keys.ts'
import { publishRevision } from '#lib/control/publication/publish-revision.ts'
import { createTransact } from '#lib/control/transaction.ts'
import type { Database } from '#lib/store/database.ts'
import type { GatewaySettings } from '#server/gateway/gateway-settings.ts'

export const benchSettings: GatewaySettings = {
  port: 0,
  host: '127.0.0.1',
  publicUrl: 'http://localhost:4300',
  secret: 'the secret of a benchmark, long enough',
  trustedProxies: [],
  tls: null,
  clientCaFile: null,
  certificateProxies: [],
  logLevel: 'warn',
  oidc: null,
}

const SERVICES = 10
const ENDPOINTS_PER_SERVICE = 200

export interface BenchFleet {
  readonly environmentId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly endpointId: string
}

/** Ten services with 200 endpoints each. */
export async function createBenchFleet({ prisma }: Database): Promise<BenchFleet> {
  const environment = await prisma.environment.create({ data: { slug: 'bench', name: 'Bench' } })
  for (let index = 0; index < SERVICES; index++) {
    const slug = `service-${index}`
    const { id: serviceId } = await prisma.service.create({
      data: { slug, name: slug, identity: { create: { clientId: slug, kind: 'service', name: slug } } },
    })
    const rule = { access: 'token', requirements: [{ kind: 'scopes', allOf: ['things:read'] }] }
    await prisma.endpoint.createMany({
      data: Array.from({ length: ENDPOINTS_PER_SERVICE }, (_, route) => ({
        environmentId: environment.id,
        serviceId,
        method: 'GET',
        route: `/things/${route}/:thingId`,
        source: 'manual' as const,
        mode: 'log_only' as const,
        rule,
      })),
    })
  }
  const clientId = 'service-0'
  const clientSecret = `sg_live_${randomBytes(24).toString('base64url')}`
  const identity = await prisma.identity.findUniqueOrThrow({ where: { clientId } })
  await prisma.credential.create({
    data: {
      identityId: identity.id,
      environmentId: environment.id,
      kind: 'client_secret',
      name: 'bench',
      secretHash: Uint8Array.from(createHash('sha256').update(clientSecret).digest()),
      secretHint: clientSecret.slice(-4),
      createdBy: 'bench',
    },
  })
  await createTransact(prisma)((tx) => ensureSigningKeys(tx, environment.id, createKeyCipher(benchSettings.secret)))
  await publish({ prisma }, environment.id)
  const endpoint = await prisma.endpoint.findFirstOrThrow({ where: { serviceId: identity.serviceId ?? '' } })
  return { environmentId: environment.id, clientId, clientSecret, endpointId: endpoint.id }
}

export const publish = ({ prisma }: Pick<Database, 'prisma'>, environmentId: string) =>
  createTransact(prisma)((tx) => publishRevision(tx, { environmentId, summary: 'bench', actorName: 'bench' }))

export async function requestMachineToken(url: string, { clientId, clientSecret }: BenchFleet): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    audience: 'stepgate',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const { access_token: token } = (await (
    await fetch(`${url}/oauth/token`, { method: 'POST', body: form })
  ).json()) as { access_token: string }
  return token
}
