/**
 * The demo fleet: real services of a small shop in their own processes, real callers, and the problems Stepgate exists
 * for. It uses what every customer has: the management API, the published middleware and the decisions API.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  customersFile,
  identityProviderUrl,
  LISTENING,
  planCallers,
  planIdentityProvider,
  planServices,
  providerKeysFile,
  type FleetSurroundings,
} from './fleet-programs.ts'
import { readRecordedTraffic } from './history/recorded-traffic.ts'
import { replayHistory } from './history/replay-history.ts'
import { createCustomers } from './identity-provider/create-customers.ts'
import { createGrants, createServicesAndScopes, ensureEnvironment, setTokenLifetimes } from './setup/create-catalog.ts'
import { createCredentials } from './setup/create-credentials.ts'
import { createStaging } from './setup/create-staging.ts'
import { awaitEndpoints, declareRules, startWatching } from './setup/declare-rules.ts'
import { createDemoAccounts, isAccepted, readDemoAccounts, type DemoAccount } from './setup/demo-accounts.ts'
import { FleetStateFile } from './setup/fleet-state.ts'
import { lowerGates } from './setup/lower-gates.ts'
import { ManagementClient } from './setup/management-client.ts'
import { trustIssuer } from './setup/trust-issuer.ts'
import { choosePorts } from './supervision/choose-ports.ts'
import { FleetProgram, type ProgramPlan } from './supervision/fleet-program.ts'

export interface FleetOptions {
  /** Where the gateway answers on this machine. */
  readonly gatewayUrl: string
  readonly dataDir: string
  /** One-time link of the first administrator; null when there is one. */
  readonly setupUrl: string | null
  /** Told in a few words what happens now, and with a long step how far it came. */
  readonly progress: (step: string, detail?: string) => void
  /** Where the fleet runs; default `production`. */
  readonly environment?: string
  /** For a recording: leaves everything in log-only, replays nothing, and keeps the shop as busy as this. */
  readonly recordingAt?: number
}

export interface Fleet {
  /** Accounts of the demo, the administrator first. */
  readonly signIn: readonly DemoAccount[]
  readonly programs: readonly FleetProgram[]
  close(): Promise<void>
}

/** Sets the fleet up where that is still to be done, and starts it. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const groups: FleetProgram[][] = []
  // The last to start are the first to stop: nobody calls a service that is gone.
  const close = async (): Promise<void> => {
    for (const group of groups.toReversed()) await Promise.all(group.map((program) => program.stop()))
  }
  try {
    await setUpAndRun(options, (plans) => runPrograms(plans, groups, options.dataDir))
    return { signIn: readDemoAccounts(options.dataDir), programs: groups.flat(), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function setUpAndRun(
  options: FleetOptions,
  run: (plans: readonly ProgramPlan[]) => Promise<void>,
): Promise<void> {
  const { dataDir, gatewayUrl, progress, environment: slug = 'production', recordingAt = null } = options
  const folder = join(dataDir, 'demo')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = new FleetStateFile(folder)
  const client = await openApi(options, file)
  const { id, issuer: tokenIssuer, configKey } = await ensureEnvironment(client, slug)
  file.belongTo(id)
  await createObjects(client, slug, file, progress)

  const ports = await choosePorts(LISTENING, file.state.ports)
  file.change({ ports })
  createCustomers(customersFile(folder), providerKeysFile(folder))
  const fleet: FleetSurroundings = {
    gatewayUrl,
    tokenIssuer,
    configKey,
    ports,
    credentials: file.state.credentials,
    folder,
    trafficWeight: recordingAt,
  }

  progress('Starting the services of the shop')
  const services = run(planServices(fleet))
  await run([planIdentityProvider(fleet)])
  await trustIssuer(client, slug, identityProviderUrl(fleet))
  await services
  await file.once('rules', () => watchEndpoints(client, slug, progress))
  await run(planCallers(fleet))
  if (recordingAt === null) await tellItsStory(client, slug, file, fleet, progress)
}

/** Starts programs in their order and waits until all of them answer. */
async function runPrograms(plans: readonly ProgramPlan[], groups: FleetProgram[][], dataDir: string): Promise<void> {
  const folders = { logs: join(dataDir, 'logs'), compileCache: join(dataDir, 'demo', 'compile-cache') }
  const started = plans.map((plan) => new FleetProgram(plan, folders))
  groups.push(started)
  for (const program of started) program.start()
  await Promise.all(started.map((program) => program.ready()))
}

async function openApi(options: FleetOptions, file: FleetStateFile): Promise<ManagementClient> {
  const { apiToken } = file.state
  const known = apiToken === null ? null : ManagementClient.withToken(options.gatewayUrl, apiToken)
  if (known !== null && options.setupUrl === null && (await isAccepted(known))) return known
  options.progress('Creating the accounts of the demo')
  const created = await createDemoAccounts(options)
  file.change({ apiToken: created })
  return ManagementClient.withToken(options.gatewayUrl, created)
}

async function createObjects(
  client: ManagementClient,
  slug: string,
  file: FleetStateFile,
  progress: FleetOptions['progress'],
): Promise<void> {
  await file.once('catalog', async () => {
    progress('Creating services, identities, scopes and grants')
    await createServicesAndScopes(client)
    await createGrants(client, slug)
  })
  await file.once('identity-settings', () => setTokenLifetimes(client, slug))
  await createCredentials(client, slug, file)
}

async function watchEndpoints(
  client: ManagementClient,
  slug: string,
  progress: FleetOptions['progress'],
): Promise<void> {
  progress('Saying what each endpoint requires')
  await declareRules(client, slug, await awaitEndpoints(client, slug))
  await startWatching(client, slug, await awaitEndpoints(client, slug))
}

/** Two weeks of recorded traffic, and the gates that were lowered because of it. */
async function tellItsStory(
  client: ManagementClient,
  slug: string,
  file: FleetStateFile,
  fleet: FleetSurroundings,
  progress: FleetOptions['progress'],
): Promise<void> {
  await file.once('history', async () => {
    const { revision } = await client.call('getEnvironment', { params: { environment: slug } })
    await replayHistory({
      traffic: readRecordedTraffic(),
      gatewayUrl: fleet.gatewayUrl,
      credentials: fleet.credentials,
      issuers: { stepgate: fleet.tokenIssuer, customers: identityProviderUrl(fleet) },
      revision,
      until: new Date(),
      progress,
    })
  })
  await file.once('gates', async () => {
    progress('Lowering the first gates')
    await lowerGates(client, slug, await awaitEndpoints(client, slug))
  })
  await file.once('staging', () => createStaging(client))
}
