import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '#lib/store/database.ts'
import { createFleet, createSecret, grant, publish, type Fleet } from '#server/gateway/testing/gateway-fixture.ts'
import { createStepgate, type Stepgate } from '../../sdk/src/index.ts'
import { guard } from '../../sdk/src/node-http.ts'
import { until } from './until.ts'

export const ENVIRONMENT = 'proofs'
/** Services that others call, two instances of each. */
export const CALLED = ['orders', 'payments'] as const
/** Services that call them. */
export const CALLING = ['storefront', 'billing'] as const
/** An integration with refresh tokens. */
export const PARTNER = 'partner'
export type Called = (typeof CALLED)[number]

export interface ProofFleet {
  readonly fleet: Fleet
  /** Secrets by client_id, the partner’s too. */
  readonly secrets: Readonly<Record<string, string>>
  readonly configKey: string
  /** What the middleware of any service found alarming. */
  readonly alarms: string[]
}

export async function createProofFleet(database: Database, tokenLifetimeSeconds: number): Promise<ProofFleet> {
  const fleet = await createFleet(database, { environment: ENVIRONMENT, services: [...CALLED, ...CALLING] })
  await database.prisma.identity.create({ data: { clientId: PARTNER, kind: 'integration', name: 'Partner' } })
  const secrets = { ...fleet.secrets, [PARTNER]: await createSecret(database, fleet.environmentId, PARTNER) }
  for (const audience of CALLED) {
    await requireScope(database, fleet, audience)
    for (const clientId of [...CALLING, PARTNER]) await grant(database, fleet, clientId, audience, scopeOf(audience))
  }
  await database.prisma.environment.update({
    where: { id: fleet.environmentId },
    data: { defaultTokenLifetimeSeconds: tokenLifetimeSeconds },
  })
  await allowRefreshTokens(database, fleet)
  await publish(database, fleet.environmentId)
  return { fleet, secrets, configKey: await findConfigKey(database, fleet), alarms: [] }
}

const scopeOf = (audience: string): string => `${audience}:read`

/** `/things/:thingId` of the service is for those who hold its scope. */
async function requireScope({ prisma }: Database, fleet: Fleet, audience: Called): Promise<void> {
  await prisma.endpoint.create({
    data: {
      ...{ environmentId: fleet.environmentId, serviceId: fleet.serviceIds[audience] ?? '' },
      ...{ method: 'GET', route: '/things/:thingId', source: 'manual', mode: 'enforce' },
      rule: { access: 'token', requirements: [{ kind: 'scopes', allOf: [scopeOf(audience)] }] },
    },
  })
}

async function allowRefreshTokens({ prisma }: Database, { environmentId }: Fleet): Promise<void> {
  const { id: identityId } = await prisma.identity.findUniqueOrThrow({ where: { clientId: PARTNER } })
  const lifetimes = { refreshTokenSeconds: 3_600, refreshTokenIdleSeconds: 3_600 }
  await prisma.identitySetting.create({ data: { identityId, environmentId, ...lifetimes } })
}

async function findConfigKey({ prisma }: Database, { environmentId }: Fleet): Promise<string> {
  const where = { environmentId, purpose: 'snapshot', status: 'current' } as const
  return ((await prisma.signingKey.findFirstOrThrow({ where })).publicJwk as { x: string }).x // an Ed25519 key
}

const silent = { warn: () => undefined, error: () => undefined }

/** A service with the middleware, asking this address for its configuration and its tokens. */
export async function connect(
  { secrets, configKey, alarms }: ProofFleet,
  clientId: string,
  url: string,
  audiences: Readonly<Record<string, string>> = {},
): Promise<Stepgate> {
  const clientSecret = secrets[clientId] ?? ''
  const stepgate = createStepgate({ url, clientId, clientSecret, configKey, audiences, logger: silent })
  stepgate.on('security', ({ code, message }) => alarms.push(`${clientId}: ${code}, ${message}`))
  // A gateway may not know the new environment yet.
  await until(async () => stepgate.ready())
  return stepgate
}

/** One instance of a called service. */
export interface Instance {
  readonly audience: Called
  readonly url: string
  readonly stepgate: Stepgate
}

export interface Instances {
  readonly all: readonly Instance[]
  close(): Promise<void>
}

/** Two instances of each called service, which ask these addresses. */
export async function startInstances(fleet: ProofFleet, urls: readonly string[]): Promise<Instances> {
  const started = await Promise.all(
    CALLED.flatMap((audience) => urls.map((url) => startInstance(fleet, audience, url))),
  )
  return {
    all: started,
    close: async () => {
      await Promise.all(started.map(({ stepgate }) => stepgate.close()))
      await Promise.all(started.map(({ server }) => closeServer(server)))
    },
  }
}

async function startInstance(
  fleet: ProofFleet,
  audience: Called,
  url: string,
): Promise<Instance & { readonly server: Server }> {
  const stepgate = await connect(fleet, audience, url)
  const server = createServer(guard(stepgate, 'GET', '/things/:thingId', (_request, response) => response.end('{}')))
  // A connection that ends just when a client sends on it again would fail a request, whoever decides.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return { audience, url: `http://127.0.0.1:${String(port)}`, stepgate, server }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** Where somebody asks for a thing. */
export const thingOf = ({ url }: Instance): string => `${url}/things/1`

export const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

/** Asks as a bearer of this token; the status. */
export async function askWith(instance: Instance, token: string): Promise<number> {
  const answer = await fetch(thingOf(instance), bearer(token))
  await answer.body?.cancel()
  return answer.status
}
