import { type ChildProcess, spawn } from 'node:child_process'
import { hkdfSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConsoleTarget } from './gateway/gateway-settings.ts'
import type { Settings } from './settings.ts'
import { StartupError } from './startup-error.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const RESTART_MS_MIN = 250
const RESTART_MS_MAX = 10_000
const HEALTHY_AFTER_MS = 30_000
const STOP_WITHIN_MS = 3_000
const READY_WITHIN_MS = 60_000

/** All that the console reads. The data folder, with the secret and the database, is not among it. */
const READABLE = [
  ...[
    'node_modules',
    '.next',
    'public',
    'package.json',
    'next.config.mjs',
    'server/console-child.mjs',
    'tsconfig.json',
  ],
  // Looked for by Next; they need not exist.
  ...['static', 'pages', 'src', '.env', '.env.local', '.env.production', '.env.production.local'],
]

export interface ConsoleProcess {
  /** Resolves when it first answers; rejects when it cannot. */
  readonly ready: Promise<void>
  readonly pid: () => number | undefined
  close(): Promise<void>
}

export interface ConsoleOptions {
  readonly settings: Settings
  readonly listen: ConsoleTarget
  /** Where the console reaches the management API. */
  readonly gatewayUrl: string
  readonly dev: boolean
  readonly onNotice: (sentence: string) => void
}

/** Runs the console as a child that dies with this process and is started again when it is killed. */
export function startConsole(options: ConsoleOptions): ConsoleProcess {
  let child: ChildProcess
  let closing = false
  let restartMs = RESTART_MS_MIN
  let timer: NodeJS.Timeout | undefined
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => undefined)

  const start = (): void => {
    const startedAt = performance.now()
    child = spawnConsole(options)
    child.once('message', () => first.resolve())
    child.once('error', (error) =>
      first.reject(new StartupError(`The console could not be started: ${error.message}.`)),
    )
    child.once('exit', () => {
      first.reject(new StartupError('The console ended while it was starting; the lines above say why.'))
      if (closing) return
      restartMs =
        performance.now() - startedAt > HEALTHY_AFTER_MS ? RESTART_MS_MIN : Math.min(restartMs * 2, RESTART_MS_MAX)
      options.onNotice(`The console ended unexpectedly; starting it again in ${restartMs.toString()} ms.`)
      timer = setTimeout(start, restartMs)
    })
  }
  start()

  const deadline = setTimeout(
    () => first.reject(new StartupError('The console did not start in time.')),
    READY_WITHIN_MS,
  )
  first.promise.finally(() => clearTimeout(deadline)).catch(() => undefined)
  const close = async () => {
    closing = true
    clearTimeout(timer)
    await stopChild(child)
    removeSocket(options.listen)
  }
  return { ready: first.promise, pid: () => child.pid, close }
}

function spawnConsole({ settings, listen, gatewayUrl, dev }: ConsoleOptions): ChildProcess {
  removeSocket(listen)
  return spawn(process.execPath, [...toNodeFlags(listen, dev), join(ROOT, 'server/console-child.mjs')], {
    cwd: ROOT,
    env: toConsoleEnvironment(settings, listen, gatewayUrl, dev),
    // Next announces its own start; ours is announced by the launcher.
    stdio: ['ignore', dev ? 'inherit' : 'ignore', 'inherit', 'ipc'],
  })
}

/** A console that is taken over can start no program and read no file but its own. Development needs both. */
function toNodeFlags(listen: ConsoleTarget, dev: boolean): string[] {
  if (dev) return []
  const socket =
    'socketPath' in listen ? [`--allow-fs-read=${listen.socketPath}`, `--allow-fs-write=${listen.socketPath}`] : []
  return [
    '--permission',
    ...READABLE.map((path) => `--allow-fs-read=${join(ROOT, path)}`),
    ...socket,
    '--disable-warning=SecurityWarning',
    '--disable-warning=DEP0169',
  ]
}

/** Everything the console is told: no database, no secret but its own, nothing inherited. */
export function toConsoleEnvironment(
  settings: Settings,
  listen: ConsoleTarget,
  gatewayUrl: string,
  dev: boolean,
): NodeJS.ProcessEnv {
  const { oidc, publicUrl, secret } = settings
  return {
    NODE_ENV: dev ? 'development' : 'production',
    PATH: process.env['PATH'] ?? '',
    ...(process.env['TZ'] && { TZ: process.env['TZ'] }),
    NEXT_TELEMETRY_DISABLED: '1',
    // Else Next searches the folders above for a workspace.
    NEXT_PRIVATE_OUTPUT_TRACE_ROOT: ROOT,
    NEXTAUTH_URL: publicUrl,
    NEXTAUTH_SECRET: Buffer.from(hkdfSync('sha256', secret, '', 'stepgate console sessions v1', 32)).toString(
      'base64url',
    ),
    STEPGATE_PUBLIC_URL: publicUrl,
    STEPGATE_GATEWAY_URL: gatewayUrl,
    STEPGATE_CONSOLE_COMPRESS: 'false',
    STEPGATE_CONSOLE_CHILD: JSON.stringify({ listen, dev, folder: ROOT }),
    ...(oidc && {
      STEPGATE_OIDC_ISSUER: oidc.issuer,
      STEPGATE_OIDC_CLIENT_ID: oidc.clientId,
      STEPGATE_OIDC_CLIENT_SECRET: oidc.clientSecret,
      STEPGATE_OIDC_NAME: oidc.name,
    }),
  }
}

/** What a killed console leaves behind would keep the next one from listening. */
function removeSocket(listen: ConsoleTarget): void {
  if ('socketPath' in listen) rmSync(listen.socketPath, { force: true })
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await exited
  clearTimeout(killer)
}
