import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { findRunningOwnerUrl } from '#lib/store/embedded-postgres.ts'
import { createFleet, grant, publish, TEST_SECRET, type Fleet } from '#server/gateway/testing/gateway-fixture.ts'
import { findFreePort } from '#server/listening.ts'
import { TokenClient } from '../../sdk/src/client/token-client.ts'
import { StepgateTokenError } from '../../sdk/src/errors.ts'
import { parseSettings } from '../../sdk/src/settings.ts'
import type { MortalGateway } from '../../sdk/test/faults/live-through-outage.ts'
import { SERVICE_FRAMEWORKS, type ServiceFramework } from '../../sdk/test/faults/service-protocol.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CALLER = 'billing'
/** On a busy machine, too. */
const READY_WITHIN_MS = 300_000
const LOOK_EVERY_MS = 50
const RENEW_EVERY_MS = 1_000

const rule = (scope: string): object => ({ access: 'token', requirements: [{ kind: 'scopes', allOf: [scope] }] })
const ENDPOINTS = [
  { route: '/orders/:orderId', mode: 'enforce', rule: rule('orders:read') },
  { route: '/admin/users', mode: 'enforce', rule: rule('admin:read') },
  { route: '/trial', mode: 'log_only', rule: rule('admin:read') },
  { route: '/off', mode: 'off', rule: rule('admin:read') },
] as const

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The product's gateway and worker with their embedded PostgreSQL, as one process that can be killed. */
class GatewayProcess {
  readonly url: string
  readonly #dataDir: string
  readonly #port: number
  #child: ChildProcess | null = null

  constructor(dataDir: string, port: number) {
    this.#dataDir = dataDir
    this.#port = port
    this.url = `http://127.0.0.1:${String(port)}`
    // Nothing is left behind when the measurement is broken off.
    process.once('exit', () => this.#child?.kill('SIGKILL'))
  }

  async start(): Promise<void> {
    const { DATABASE_URL: _database, ...env } = process.env
    this.#child = spawn(process.execPath, ['server/start.ts'], {
      cwd: ROOT,
      env: {
        ...env,
        PORT: String(this.#port),
        STEPGATE_DATA_DIR: this.#dataDir,
        STEPGATE_SECRET: TEST_SECRET,
        STEPGATE_ROLES: 'gateway,worker',
        LOG_LEVEL: 'silent',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const endMs = performance.now() + READY_WITHIN_MS
    while (!(await this.#isReady())) {
      if (performance.now() > endMs) throw new Error('the gateway does not become ready')
      await sleep(LOOK_EVERY_MS)
    }
  }

  end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child?.exitCode !== null) return Promise.resolve()
    const ended = once(child, 'exit')
    child.kill(signal)
    return ended.then(() => undefined)
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok
    } catch {
      return false
    }
  }
}

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
  const gateway = new GatewayProcess(dataDir, await findFreePort())
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
