import { join } from 'node:path'
import { ensureSetupLink } from '#lib/control/setup/ensure-setup-link.ts'
import { type ConsoleProcess, startConsole } from './console-process.ts'
import { readOrCreateSecret, requireWritableFolder } from './data-folder.ts'
import type { ConsoleTarget } from './gateway/gateway-settings.ts'
import { startGateway } from './gateway/start-gateway.ts'
import { findFreePort, requireFreePort, toListenError, toLocalUrl } from './listening.ts'
import type { ParsedSettings, ServerRole, Settings } from './settings.ts'
import { StartupError } from './startup-error.ts'
import { openStore, type Store } from './store-process.ts'
import { startWorker } from './worker/start-worker.ts'

/** Room that a Unix socket's address has on every system. */
const SOCKET_PATH_BYTES_MAX = 100
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

/** Starts the roles of the settings, in an order in which each finds what it needs, and undoes all of it on failure. */
export async function launch(parsed: ParsedSettings, options: LaunchOptions = {}): Promise<Stepgate> {
  const started: (() => Promise<void>)[] = []
  const close = async () => {
    for (const stop of started.splice(0).reverse()) await withinReason(stop())
  }
  try {
    return { ...(await startRoles(parsed, options, started)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startRoles(parsed: ParsedSettings, { dev = false, onStep = () => undefined, onNotice = () => undefined }: LaunchOptions, started: (() => Promise<void>)[]) {
  const has = (role: ServerRole) => parsed.roles.includes(role)
  const settings = prepareFolder(parsed, onNotice)
  if (has('gateway') || has('console')) await requireFreePort(settings.port, settings.host)
  const timed = async <Result>(name: string, work: Promise<Result>): Promise<Result> => {
    const startedAt = performance.now()
    const result = await work
    onStep(name, performance.now() - startedAt)
    return result
  }

  // The console takes longest to start and needs nothing but the gateway's address.
  const listen = await chooseConsoleTarget(settings)
  const consoleProcess = has('console') ? runConsole(settings, listen, dev, onNotice) : null
  if (consoleProcess) started.push(consoleProcess.close)

  const needsStore = has('gateway') || has('worker')
  const store = needsStore ? await timed('database', openStore({ ...settings, onNotice })) : null
  if (store) started.push(store.close)
  const gatewayUrl = store && has('gateway') ? await timed('gateway', runGateway(settings, store, toConsoleTarget(settings, listen), started)) : null
  if (store && has('worker')) started.push((await timed('worker', startWorker({ settings, database: store.database }))).close)
  if (consoleProcess) await timed('console', consoleProcess.ready)
  const setupUrl = store && has('gateway') ? await ensureSetupLink(store.database, settings.publicUrl) : null
  return { settings, gatewayUrl, setupUrl }
}

/** The folder is needed for the embedded database and for a secret that is not in the settings. */
function prepareFolder(parsed: ParsedSettings, onNotice: (sentence: string) => void): Settings {
  const usesStore = parsed.roles.some((role) => role !== 'console')
  if (parsed.secret === null || (usesStore && parsed.databaseUrl === null)) requireWritableFolder(parsed.dataDir)
  if (parsed.secret !== null) return { ...parsed, secret: parsed.secret }
  const { secret, created } = readOrCreateSecret(parsed.dataDir)
  if (created) onNotice(`A secret was created in ${join(parsed.dataDir, 'secret')}: back it up with the database, which cannot be read without it.`)
  return { ...parsed, secret }
}

/** Behind a gateway of this process the console needs no port; without one, it has the gateway's. */
async function chooseConsoleTarget({ roles, host, port, dataDir, databaseUrl }: Settings): Promise<ConsoleTarget> {
  if (!roles.includes('gateway')) return { host, port }
  const socketPath = join(dataDir, `console-${port.toString()}.sock`)
  if (databaseUrl === null && Buffer.byteLength(socketPath) <= SOCKET_PATH_BYTES_MAX) return { socketPath }
  return { host: '127.0.0.1', port: await findFreePort() }
}

function runConsole(settings: Settings, listen: ConsoleTarget, dev: boolean, onNotice: (sentence: string) => void): ConsoleProcess {
  const gatewayUrl = settings.roles.includes('gateway') ? toLocalUrl(settings.host, settings.port) : settings.gatewayUrl
  if (gatewayUrl === null) throw new StartupError('STEPGATE_GATEWAY_URL must say where the gateway runs, because this process has the role console without the role gateway.')
  return startConsole({ settings, listen, gatewayUrl, dev, onNotice })
}

function toConsoleTarget({ roles, consoleUrl }: Settings, listen: ConsoleTarget): ConsoleTarget | null {
  if (roles.includes('console')) return listen
  if (consoleUrl === null) return null
  const { protocol, hostname, port } = new URL(consoleUrl)
  if (protocol !== 'http:') throw new StartupError('STEPGATE_CONSOLE_URL must be an http URL: the gateway reaches the console inside your network.')
  return { host: hostname, port: port === '' ? 80 : Number(port) }
}

async function runGateway(settings: Settings, { database }: Store, consoleTarget: ConsoleTarget | null, started: (() => Promise<void>)[]): Promise<string> {
  const gateway = await startGateway({ settings, database, consoleTarget }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).syscall === 'listen' ? toListenError(error, settings.port, settings.host) : error
  })
  started.push(() => gateway.close())
  return toLocalUrl(settings.host, settings.port)
}

/** Stopping goes on with the next part when one hangs. */
async function withinReason(stopped: Promise<void>): Promise<void> {
  const deadline = Promise.withResolvers<void>()
  const timer = setTimeout(deadline.resolve, STOP_STEP_WITHIN_MS)
  await Promise.race([stopped.catch(() => undefined), deadline.promise])
  clearTimeout(timer)
}
