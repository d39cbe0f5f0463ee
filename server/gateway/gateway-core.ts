import { hkdfSync, randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { ControlContext } from '#lib/control/context.ts'
import { prepareInstallation } from '#lib/control/publication/prepare-installation.ts'
import { createKeyCipher } from '#lib/control/signing-key/key-cipher.ts'
import { createTransact } from '#lib/control/transaction.ts'
import type { Database } from '#lib/store/database.ts'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { followSecrets } from '../read-secrets.ts'
import { createEnvironmentCatalog, type EnvironmentCatalog } from './environment-catalog.ts'
import type { GatewaySettings } from './gateway-settings.ts'
import type { ReadClientAddress } from './http/client-address.ts'
import type { ReadClientCertificate } from './mutual-tls/client-certificate.ts'
import { securityHeaders } from './http/security-headers.ts'
import { createConfigPoll } from './machine/config-poll.ts'
import { createInstanceRegister, type InstanceRegister } from './machine/instance-register.ts'
import { createSnapshotCache } from './machine/snapshot-cache.ts'
import { createMachineTokenVerifier, type VerifyMachineToken } from './machine/verify-machine-token.ts'
import { createWaitingRoom, type Waiter, type WaitingRoom } from './machine/waiting-room.ts'
import { createMetrics, exposeProcess, type Metrics } from './metrics.ts'
import { createClientDirectory, type ClientDirectory } from './oauth/client-directory.ts'
import { refreshOncePerEnvironment } from './refresh-once.ts'
import { followRevisions, type RevisionFeed } from './revision-feed.ts'

/** What the gateway's routes share. */
export interface GatewayCore {
  readonly settings: GatewaySettings
  readonly context: ControlContext
  readonly pool: pg.Pool
  readonly environments: EnvironmentCatalog
  readonly clients: ClientDirectory
  readonly instances: InstanceRegister
  readonly verifyMachineToken: VerifyMachineToken
  readonly waitingRoom: WaitingRoom<Waiter>
  readonly configPoll: RequestListener
  readonly feed: RevisionFeed
  readonly metrics: Metrics
  readonly logger: Logger
  readonly readAddress: ReadClientAddress
  readonly readCertificate: ReadClientCertificate
  readonly createRequestId: () => string
  close(): Promise<void>
}

interface CoreOptions {
  readonly settings: GatewaySettings
  readonly database: Database
  readonly logger: Logger
  readonly readAddress: ReadClientAddress
  readonly readCertificate: ReadClientCertificate
}

export async function createGatewayCore({
  settings,
  database,
  logger,
  readAddress,
  readCertificate,
}: CoreOptions): Promise<GatewayCore> {
  const { pool, prisma } = database
  const context = createContext(settings, database)
  await prepareInstallation(context)
  const environments = createEnvironmentCatalog(prisma, context.keyCipher)
  await environments.loadAll()
  const clients = createClientDirectory(pool, () => feed.isCurrent())
  const instances = createInstanceRegister(pool, logger)
  const verifyMachineToken = createMachineTokenVerifier(environments)
  const waitingRoom = createWaitingRoom<Waiter>()
  const commonHeaders = securityHeaders(settings.publicUrl)
  const snapshots = createSnapshotCache({
    pool,
    environments,
    commonHeaders,
    onChanged: ({ key }) => waitingRoom.wake(key),
  })
  const refresher = refreshOncePerEnvironment(async (environmentId) => {
    await environments.refresh(environmentId)
    await snapshots.refresh(environmentId)
  }, logger)
  const onPublished = (environmentId: string): void => {
    clients.forget()
    refresher.request(environmentId)
  }
  const feed = followRevisions({ createClient: () => database.createClient(), onPublished, logger })
  const metrics = createMetrics()
  exposeProcess(metrics)
  metrics.gauge('stepgate_config_waiting', 'Configuration polls that are held.', () => waitingRoom.size)
  return {
    settings,
    context,
    pool,
    environments,
    clients,
    instances,
    verifyMachineToken,
    waitingRoom,
    configPoll: createConfigPoll({
      verifyToken: verifyMachineToken,
      snapshots,
      waitingRoom,
      instances,
      readAddress,
      commonHeaders,
      logger,
    }),
    feed,
    metrics,
    logger,
    readAddress,
    readCertificate,
    createRequestId: randomUUID,
    close: async () => {
      refresher.close()
      await feed.close()
      await instances.close()
    },
  }
}

function createContext(settings: GatewaySettings, { prisma, pool }: Database): ControlContext {
  const { secret, secretSource = { value: secret }, previousSecretSource = null, publicUrl, oidc } = settings
  return {
    database: prisma,
    pool,
    decisions: createPostgresDecisionStore(pool),
    transact: createTransact(prisma),
    publicUrl,
    keyCipher: createKeyCipher(followSecrets(secretSource, previousSecretSource)),
    previewKey: deriveKey(secret, 'stepgate change previews v1'),
    refreshKey: deriveKey(secret, 'stepgate refresh tokens v1'),
    oidc,
  }
}

export const deriveKey = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32))
