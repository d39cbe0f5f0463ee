import { join } from 'node:path'
import { ensureSetupLink } from '#lib/control/setup/ensure-setup-link.ts'
import type { Database } from '#lib/store/database.ts'
import { startConsole } from './console-process.ts'
import { chooseConsoleTarget, findConsoleTarget, findGatewayUrl } from './console-target.ts'
import { readOrCreateSecret, requireWritableFolder } from './data-folder.ts'
import type { ConsoleTarget } from './gateway/gateway-settings.ts'
import { startGateway } from './gateway/start-gateway.ts'
import { requireFreePort, toListenError, toLocalUrl } from './listening.ts'
import { readSecret, toSecretSource, type SecretSource } from './read-secrets.ts'
import type { ParsedSettings, Settings } from './settings.ts'
import { openStore } from './store-process.ts'
import { startWorker } from './worker/start-worker.ts'

const STOP_STEP_WITHIN_MS = 8_000

export interface LaunchOptions {
  /** Next in development mode. */
  readonly dev?: boolean
  /** Told of each part that runs, with the milliseconds it took. */
  readonly onStep?: (name: string, tookMs: number) => void
  readonly onNotice?: (sentence: string) => void
}

export interface Stepgate {
  readonly settings: Settings
  /** Where the gateway answers on this machine; null without the role. */
  readonly gatewayUrl: string | null
  /** One-time link for the first administrator, while there is no account. */
  readonly setupUrl: string | null
  close(): Promise<void>
}

/** One start in the making. */
interface Launch extends Required<LaunchOptions> {
  readonly settings: Settings
  /** Undoes what was started, the last first. */
  readonly stops: (() => Promise<void>)[]
}

const NOTHING = () => undefined

/** Starts the roles of the settings, in an order in which each finds what it needs, and undoes all of it on failure. */
export async function launch(parsed: ParsedSettings, options: LaunchOptions = {}): Promise<Stepgate> {
  const { dev = false, onStep = NOTHING, onNotice = NOTHING } = options
  const stops: Launch['stops'] = []
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await withinReason(stop())
  }
  const settings = prepareFolder(parsed, onNotice)
  try {
    const urls = await startRoles({ settings, stops, dev, onStep, onNotice })
    return { settings, ...urls, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The folder is needed for the embedded database and for a secret that is not in the settings. */
function prepareFolder(parsed: ParsedSettings, onNotice: (sentence: string) => void): Settings {
  const { givenSecret, givenPreviousSecret, ...settings } = parsed
  const hasEmbedded = parsed.databaseUrl === null && parsed.roles.some((role) => role !== 'console')
  if (givenSecret === null || hasEmbedded) requireWritableFolder(parsed.dataDir)
  const secretSource = givenSecret === null ? takeStoredSecret(parsed, onNotice) : toSecretSource(givenSecret)
  const previousSecretSource = givenPreviousSecret && toSecretSource(givenPreviousSecret)
  return { ...settings, secretSource, previousSecretSource, secret: readSecret(secretSource) }
}

function takeStoredSecret({ dataDir }: ParsedSettings, onNotice: (sentence: string) => void): SecretSource {
  const { secret, created } = readOrCreateSecret(dataDir)
  const file = join(dataDir, 'secret')
  if (created) onNotice(`A secret was created in ${file}: back it up with the database, which needs it to be read.`)
  return { value: secret }
}

type Urls = Pick<Stepgate, 'gatewayUrl' | 'setupUrl'>

async function startRoles(run: Launch): Promise<Urls> {
  const { roles, host, port } = run.settings
  if (roles.includes('gateway') || roles.includes('console')) await requireFreePort(port, host)
  const target = await chooseConsoleTarget(run.settings)
  // The console takes longest to start, and needs no more than the address of the gateway to do so.
  const consoleReady = roles.includes('console') ? runConsole(run, target) : null
  const urls = await startServers(run, findConsoleTarget(run.settings, target))
  if (consoleReady) await timed(run, 'console', consoleReady)
  return urls
}

function runConsole({ settings, stops, dev, onNotice }: Launch, listen: ConsoleTarget): Promise<void> {
  const child = startConsole({ settings, listen, gatewayUrl: findGatewayUrl(settings), dev, onNotice })
  stops.push(() => child.close())
  return child.ready
}

async function startServers(run: Launch, consoleTarget: ConsoleTarget | null): Promise<Urls> {
  const { settings, stops, onNotice } = run
  const [isGateway, isWorker] = [settings.roles.includes('gateway'), settings.roles.includes('worker')]
  if (!isGateway && !isWorker) return { gatewayUrl: null, setupUrl: null }
  const store = await timed(run, 'database', openStore({ ...settings, onNotice }))
  stops.push(() => store.close())
  const gatewayUrl = isGateway ? await timed(run, 'gateway', runGateway(run, store.database, consoleTarget)) : null
  if (isWorker) {
    const worker = await timed(run, 'worker', startWorker({ settings, database: store.database }))
    stops.push(() => worker.close())
  }
  const setupUrl = isGateway ? await ensureSetupLink(store.database, settings.publicUrl) : null
  return { gatewayUrl, setupUrl }
}

async function runGateway(
  { settings, stops, dev }: Launch,
  database: Database,
  consoleTarget: ConsoleTarget | null,
): Promise<string> {
  const { host, port } = settings
  const gateway = await startGateway({ settings, database, consoleTarget, dev }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).syscall === 'listen' ? toListenError(error, port, host) : error
  })
  stops.push(() => gateway.close())
  return toLocalUrl(host, port)
}

async function timed<Result>({ onStep }: Launch, name: string, work: Promise<Result>): Promise<Result> {
  const startedAt = performance.now()
  const result = await work
  onStep(name, performance.now() - startedAt)
  return result
}

/** Stopping goes on with the next part when one hangs. */
async function withinReason(stopped: Promise<void>): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, STOP_STEP_WITHIN_MS)
  await Promise.race([stopped.catch(() => undefined), deadline.promise])
  clearTimeout(timer)
}
