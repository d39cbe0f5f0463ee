import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import type { ControlContext } from '#lib/control/context.ts'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { createTransact } from '#lib/control/transaction.ts'
import { openDatabase, type Database } from '#lib/store/database.ts'
import { startEmbeddedPostgres } from '#lib/store/embedded-postgres.ts'
import { migrate } from '#lib/store/migrate.ts'
import { startTestGateway, TEST_SECRET } from '#server/gateway/testing/gateway-fixture.ts'
import { findFreePort } from '#server/listening.ts'
import { GatewayProcess } from '../gateway-process.ts'

const PUBLIC_URL = 'http://stepgate.test'
const CONNECTIONS_MAX = 120
/** Requests say themselves from where they come. */
const TRUSTED_PROXY = '127.0.0.1'
const SETTINGS = { publicUrl: PUBLIC_URL, trustedProxies: [TRUSTED_PROXY] }

/** Two gateways on one database. */
export interface GatewayPair {
  readonly urls: readonly [string, string]
  readonly database: Database
  /** What verbs stand on: as a third gateway, whose console somebody uses. */
  readonly control: ControlContext
  close(): Promise<void>
}

/** One of which can be killed. */
export interface MortalGatewayPair extends GatewayPair {
  /** Ends the second one as a power cut would. */
  killSecond(): Promise<void>
  startSecond(): Promise<void>
}

const toControl = ({ prisma, pool }: Database): ControlContext => ({
  database: prisma,
  pool,
  decisions: createPostgresDecisionStore(pool),
  transact: createTransact(prisma),
  publicUrl: PUBLIC_URL,
  keyCipher: createKeyCipher(TEST_SECRET),
  previewKey: Buffer.alloc(32),
  refreshKey: Buffer.alloc(32),
  oidc: null,
})

/** In this process, on a database that somebody else closes. */
export async function startPairHere(database: Database): Promise<GatewayPair> {
  const [first, second] = await Promise.all([
    startTestGateway(database, SETTINGS),
    startTestGateway(database, SETTINGS),
  ])
  return {
    urls: [first.url, second.url],
    database,
    control: toControl(database),
    close: async () => {
      await Promise.all([first.close(), second.close()])
    },
  }
}

/** Each in a process of its own, as they are deployed, with a PostgreSQL of their own. */
export async function startPairOfProcesses(): Promise<MortalGatewayPair> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stepgate-proofs-'))
  const postgres = await startEmbeddedPostgres({ dataDir, connectionsMax: CONNECTIONS_MAX })
  await migrate({ url: postgres.ownerUrl })
  const settings = {
    DATABASE_URL: postgres.ownerUrl,
    STEPGATE_ROLES: 'gateway',
    STEPGATE_PUBLIC_URL: PUBLIC_URL,
    STEPGATE_TRUSTED_PROXIES: TRUSTED_PROXY,
  }
  const create = async () => new GatewayProcess({ port: await findFreePort(), dataDir, settings })
  const [first, second] = [await create(), await create()]
  const database = openDatabase({ url: postgres.appUrl })
  await first.start()
  await second.start()
  return {
    urls: [first.url, second.url],
    database,
    control: toControl(database),
    killSecond: () => second.end('SIGKILL'),
    startSecond: () => second.start(),
    close: async () => {
      await Promise.all([first.end('SIGTERM'), second.end('SIGTERM')])
      await database.close()
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
