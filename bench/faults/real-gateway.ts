import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { findRunningOwnerUrl } from '#lib/store/embedded-postgres.ts'
import { createFleet, grant, publish, type Fleet } from '#server/gateway/testing/gateway-fixture.ts'
import { findFreePort } from '#server/listening.ts'
import { TokenClient } from '../../sdk/src/client/token-client.ts'
import { StepgateTokenError } from '../../sdk/src/errors.ts'
import { parseSettings } from '../../sdk/src/settings.ts'
import type { MortalGateway } from '../../sdk/test/faults/live-through-outage.ts'
import { SERVICE_FRAMEWORKS, type ServiceFramework } from '../../sdk/test/faults/service-protocol.ts'
import { GatewayProcess } from '../gateway-process.ts'

const CALLER = 'billing'
const RENEW_EVERY_MS = 1_000

const rule = (scope: string): object => ({ access: 'token', requirements: [{ kind: 'scopes', allOf: [scope] }] })
const ENDPOINTS = [
  { route: '/orders/:orderId', mode: 'enforce', rule: rule('orders:read') },
  { route: '/admin/users', mode: 'enforce', rule: rule('admin:read') },
  { route: '/trial', mode: 'log_only', rule: rule('admin:read') },
  { route: '/off', mode: 'off', rule: rule('admin:read') },
] as const

async function createServices(database: Database): Promise<Fleet> {
  const fleet = await createFleet(database, { environment: 'faults', services: [...SERVICE_FRAMEWORKS, CALLER] })
  for (const framework of SERVICE_FRAMEWORKS) {
    await database.prisma.endpoint.createMany({
      data: ENDPOINTS.map((endpoint) => ({
        ...endpoint,
        environmentId: fleet.environmentId,
        serviceId: fleet.serviceIds[framework] ?? '',
        method: 'GET',
        source: 'manual' as const,
      })),
    })
    await grant(database, fleet, CALLER, framework, 'orders:read')
  }
  await publish(database, fleet.environmentId)
  return fleet
}

async function findConfigKey({ prisma }: Database, { environmentId }: Fleet): Promise<string> {
  const key = await prisma.signingKey.findFirstOrThrow({
    where: { environmentId, purpose: 'snapshot', status: 'current' },
  })
  return (key.publicJwk as { x: string }).x // an Ed25519 key
}

/** Tokens as a caller that minds outages holds them: renewed long before they expire. */
class CallerTokens {
  readonly #client: TokenClient
  readonly #held = new Map<ServiceFramework, string>()
  #timer: NodeJS.Timeout | null = null

  constructor(url: string, clientSecret: string, configKey: string) {
    this.#client = new TokenClient(
      parseSettings({ url, clientId: CALLER, clientSecret, configKey }, {}),
      StepgateTokenError,
    )
  }

  async start(): Promise<void> {
    await this.#renew()
    this.#timer = setInterval(() => void this.#renew().catch(() => undefined), RENEW_EVERY_MS)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  of(framework: ServiceFramework): string {
    return this.#held.get(framework) ?? ''
  }

  async #renew(): Promise<void> {
    for (const framework of SERVICE_FRAMEWORKS)
      this.#held.set(framework, (await this.#client.getToken(framework)).accessToken)
  }
}

export interface RealGateway extends MortalGateway {
  /** Ends it in order and removes its data. */
  close(): Promise<void>
}

/** A fresh installation with a service for each framework and a caller that may read orders of each. */
export async function startRealGateway(): Promise<RealGateway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-faults-'))
  const gateway = new GatewayProcess({
    port: await findFreePort(),
    dataDir,
    settings: { STEPGATE_ROLES: 'gateway,worker' },
  })
  await gateway.start()
  const databaseUrl = findRunningOwnerUrl(dataDir)
  if (databaseUrl === null) throw new Error('the embedded PostgreSQL does not run')
  const database = openDatabase({ url: databaseUrl })
  const fleet = await createServices(database)
  const configKey = await findConfigKey(database, fleet)
  const secretOf = (clientId: string): string => fleet.secrets[clientId] ?? ''
  const tokens = new CallerTokens(gateway.url, secretOf(CALLER), configKey)
  await tokens.start()
  return {
    credentialsOf: (framework) => ({
      url: gateway.url,
      clientId: framework,
      clientSecret: secretOf(framework),
      configKey,
    }),
    tokenFor: (framework) => tokens.of(framework),
    kill: () => gateway.end('SIGKILL'),
    start: () => gateway.start(),
    countStored: () => countStored(database),
    close: async () => {
      tokens.stop()
      await database.close()
      await gateway.end('SIGTERM')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function countStored({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT coalesce(sum(count), 0)::int AS count FROM decision_hour',
  )
  return rows[0]?.count ?? 0
}
