import { join } from 'node:path'
import type { ConsoleTarget } from './gateway/gateway-settings.ts'
import { findFreePort, toLocalUrl } from './listening.ts'
import type { Settings } from './settings.ts'
import { StartupError } from './startup-error.ts'

/** Room that a Unix socket's address has on every system. */
const SOCKET_PATH_BYTES_MAX = 100

/** Behind a gateway of this process the console needs no port; without one, it has the gateway's. */
export async function chooseConsoleTarget(settings: Settings): Promise<ConsoleTarget> {
  const { roles, host, port, dataDir, databaseUrl } = settings
  if (!roles.includes('gateway')) return { host, port }
  const socketPath = join(dataDir, `console-${port}.sock`)
  if (databaseUrl === null && Buffer.byteLength(socketPath) <= SOCKET_PATH_BYTES_MAX) return { socketPath }
  return { host: '127.0.0.1', port: await findFreePort() }
}

/** Where the gateway finds the console: `own` in this process, else the one of the settings, else none. */
export function findConsoleTarget({ roles, consoleUrl }: Settings, own: ConsoleTarget): ConsoleTarget | null {
  if (roles.includes('console')) return own
  if (consoleUrl === null) return null
  const { protocol, hostname, port } = new URL(consoleUrl)
  if (protocol === 'http:') return { host: hostname, port: port === '' ? 80 : Number(port) }
  throw new StartupError(
    'STEPGATE_CONSOLE_URL must be an http URL: the gateway reaches the console inside your network.',
  )
}

/** Where the console reaches the management API. */
export function findGatewayUrl({ roles, host, port, gatewayUrl }: Settings): string {
  if (roles.includes('gateway')) return toLocalUrl(host, port)
  if (gatewayUrl !== null) return gatewayUrl
  throw new StartupError(
    'STEPGATE_GATEWAY_URL must say where the gateway runs, because this process has the role console without the role gateway.',
  )
}
