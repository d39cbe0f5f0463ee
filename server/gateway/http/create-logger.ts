import pino, { type DestinationStream, type Logger } from 'pino'
import type { GatewaySettings } from '../gateway-settings.ts'

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  '"set-cookie"',
  'client_secret',
  'client_assertion',
  'clientSecret',
  'secret',
  'password',
  'token',
  'access_token',
  'privateKey',
]

export function createLogger(level: GatewaySettings['logLevel'], destination?: DestinationStream): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => [field, nested('*', field), nested('*.*', field)])
  const options = {
    level,
    base: { name: 'stepgate-gateway' },
    redact: { paths, censor: '[redacted]' },
    serializers: { err: serializeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

const nested = (parent: string, field: string): string =>
  field.startsWith('"') ? `${parent}[${field}]` : `${parent}.${field}`

/** Name, message and stack alone: errors of the database carry the row that failed. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'something that is not an error was thrown' }
  const code = 'code' in error ? { code: String(error.code) } : {}
  return { type: error.name, message: error.message.split('\n').at(-1), stack: error.stack?.slice(0, 4_000), ...code }
}
