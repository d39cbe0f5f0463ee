import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { TlsSettings } from './gateway/gateway-settings.ts'
import { readSecret, SECRET_BYTES_MIN, type GivenSecret, type SecretSource } from './read-secrets.ts'
import type { SecretCommand } from './run-secret-command.ts'
import { StartupError } from './startup-error.ts'

export const SERVER_ROLES = ['gateway', 'console', 'worker'] as const
export type ServerRole = (typeof SERVER_ROLES)[number]

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number from 1 to 65535')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, 'must be a port number from 1 to 65535')

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((value) => !/[?#]|\/\/[^/]*@/.test(value), 'must be a URL without user, query and fragment')

const origin = httpUrl
  .refine((value) => URL.canParse(value) && new URL(value).pathname === '/', 'must be a URL without a path')
  .transform((value) => value.replace(/\/+$/, ''))

const isNetwork = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const roles = z
  .string()
  .transform(list)
  .pipe(z.array(z.enum(SERVER_ROLES, { error: `must be a comma-separated list of ${SERVER_ROLES.join(', ')}` })).min(1))
  .transform((values) => SERVER_ROLES.filter((role) => values.includes(role)))

const networks = z
  .string()
  .transform(list)
  .refine(
    (items) => items.every(isNetwork),
    'must be a comma-separated list of addresses or networks, such as 10.0.0.0/8',
  )
  .transform((items) => items.map((item) => (item.includes('/') ? item : `${item}/${isIP(item) === 4 ? '32' : '128'}`)))

const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= SECRET_BYTES_MIN,
    `must have at least ${SECRET_BYTES_MIN.toString()} bytes`,
  )

function toCommand(text: string): SecretCommand | null {
  try {
    return Command.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

const Command = z.tuple([z.string().min(1)], z.string())
const command = z
  .string()
  .transform(toCommand)
  .refine((value) => value !== null, 'must be a JSON array of strings: a program and its arguments')

/** Every setting there is: the one schema, and the table in the README. */
export const Variables = z.object({
  PORT: port.default(3000).describe('Port of the gateway, which serves the console too.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. `0.0.0.0` or `::` lets other machines in.'),
  STEPGATE_PUBLIC_URL: origin
    .optional()
    .describe(
      'URL under which browsers and services reach Stepgate; part of every token issuer. Default `http://localhost:<PORT>`.',
    ),
  STEPGATE_DATA_DIR: z
    .string()
    .default('.stepgate')
    .describe('Folder of the embedded database and the generated secret.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional()
    .describe('PostgreSQL 15 or newer. Without it, the embedded PostgreSQL is started.'),
  STEPGATE_SECRET: secret
    .optional()
    .describe(
      'Encrypts signing keys and derives other secrets; at least 32 bytes. Required with `NODE_ENV=production`; else created once in the data folder.',
    ),
  STEPGATE_SECRET_FILE: z
    .string()
    .optional()
    .describe(
      'File that holds the secret, instead of `STEPGATE_SECRET`. Read again whenever keys are encrypted or decrypted: a new secret in it is taken up without a restart.',
    ),
  STEPGATE_SECRET_COMMAND: command
    .optional()
    .describe(
      'Program that prints the secret, instead of `STEPGATE_SECRET`, such as the client of a key management service: a JSON array of the program and its arguments. Run at the start, without a shell, for at most 30 seconds.',
    ),
  STEPGATE_SECRET_PREVIOUS: secret
    .optional()
    .describe(
      'Another secret that signing keys may be encrypted with: the one before, or the one to come. Only decrypts; the worker encrypts everything anew under the present one.',
    ),
  STEPGATE_SECRET_PREVIOUS_FILE: z
    .string()
    .optional()
    .describe('File that holds it, instead of `STEPGATE_SECRET_PREVIOUS`.'),
  STEPGATE_SECRET_PREVIOUS_COMMAND: command
    .optional()
    .describe('Program that prints it, instead of `STEPGATE_SECRET_PREVIOUS`.'),
  STEPGATE_ROLES: roles
    .default([...SERVER_ROLES])
    .describe('What this process runs: `gateway`, `console`, `worker`, comma-separated. Default all.'),
  STEPGATE_CONSOLE_URL: origin.optional().describe('Where the console runs, for a gateway without the role `console`.'),
  STEPGATE_GATEWAY_URL: origin.optional().describe('Where the gateway runs, for a console without the role `gateway`.'),
  STEPGATE_TRUSTED_PROXIES: networks
    .default([])
    .describe('Networks of the proxies whose `X-Forwarded-For` is believed. Default none.'),
  STEPGATE_TLS_PORT: port
    .optional()
    .describe('Port for mutual TLS of services and integrations, beside `PORT`. Needs the certificate and key below.'),
  STEPGATE_TLS_CERTIFICATE: z
    .string()
    .optional()
    .describe('File with the gateway’s certificate and its chain, as PEM. Read again when it changes.'),
  STEPGATE_TLS_KEY: z.string().optional().describe('File with the private key of that certificate, as PEM.'),
  STEPGATE_TLS_PUBLIC_URL: origin
    .optional()
    .describe(
      'URL under which that port is reached. Default `https://` with the host of the public URL and that port.',
    ),
  STEPGATE_CLIENT_CA: z
    .string()
    .optional()
    .describe('File with the authorities whose client certificates are known by name, as PEM.'),
  STEPGATE_CERTIFICATE_PROXIES: networks
    .default([])
    .describe('Networks of the proxies that end mutual TLS and say so in `Client-Cert` (RFC 9440). Default none.'),
  STEPGATE_OIDC_ISSUER: httpUrl.optional().describe('OpenID Connect provider for signing in to the console.'),
  STEPGATE_OIDC_CLIENT_ID: z.string().optional().describe('Client id at that provider.'),
  STEPGATE_OIDC_CLIENT_SECRET: z.string().optional().describe('Client secret at that provider.'),
  STEPGATE_OIDC_NAME: z.string().max(60).default('Single sign-on').describe('Name on the sign-in button.'),
  STEPGATE_OIDC_DEFAULT_ROLE: z
    .enum(['viewer', 'operator', 'administrator'], { error: 'must be viewer, operator or administrator' })
    .optional()
    .describe('Role of people who sign in for the first time. Without it, only people with an account get in.'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info')
    .describe('Least level of the log lines on standard output.'),
  NODE_ENV: z
    .string()
    .optional()
    .describe('`production` makes a missing `STEPGATE_SECRET` (or file, or command) an error.'),
})

export interface OidcSettings {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly defaultRole: 'viewer' | 'operator' | 'administrator' | null
}

export interface Settings {
  readonly port: number
  readonly host: string
  readonly publicUrl: string
  /** Absolute. */
  readonly dataDir: string
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null
  readonly secret: string
  readonly secretSource: SecretSource
  /** What else signing keys may be encrypted with; null for nothing. */
  readonly previousSecretSource: SecretSource | null
  readonly roles: readonly ServerRole[]
  readonly consoleUrl: string | null
  readonly gatewayUrl: string | null
  readonly trustedProxies: readonly string[]
  /** Null: there is no such port. */
  readonly tls: TlsSettings | null
  readonly clientCaFile: string | null
  readonly certificateProxies: readonly string[]
  readonly oidc: OidcSettings | null
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

export type ParsedSettings = Omit<Settings, 'secret' | 'secretSource' | 'previousSecretSource'> & {
  /** Null where the secret has to be taken from the data folder. */
  readonly givenSecret: GivenSecret | null
  readonly givenPreviousSecret: GivenSecret | null
}

/** Reads the settings from environment variables; an empty variable counts as absent. Throws one sentence per mistake. */
export function parseSettings(environment: Record<string, string | undefined>): ParsedSettings {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const parsed = Variables.safeParse(present)
  if (!parsed.success) throw new StartupError(toSentences(parsed.error))
  const variables = parsed.data
  const givenSecret = toGivenSecret(variables, 'STEPGATE_SECRET')
  if (variables.NODE_ENV === 'production' && givenSecret === null) {
    throw new StartupError(
      'STEPGATE_SECRET is missing: with NODE_ENV=production, set it to at least 32 random bytes, for example from "openssl rand -base64 48".',
    )
  }
  const publicUrl = variables.STEPGATE_PUBLIC_URL ?? `http://localhost:${variables.PORT.toString()}`
  return {
    port: variables.PORT,
    host: variables.HOST,
    publicUrl,
    dataDir: resolve(variables.STEPGATE_DATA_DIR),
    databaseUrl: variables.DATABASE_URL ?? null,
    givenSecret,
    givenPreviousSecret: toGivenSecret(variables, 'STEPGATE_SECRET_PREVIOUS'),
    roles: variables.STEPGATE_ROLES,
    consoleUrl: variables.STEPGATE_CONSOLE_URL ?? null,
    gatewayUrl: variables.STEPGATE_GATEWAY_URL ?? null,
    trustedProxies: variables.STEPGATE_TRUSTED_PROXIES,
    tls: toTlsSettings(variables, publicUrl),
    clientCaFile: variables.STEPGATE_CLIENT_CA ?? null,
    certificateProxies: variables.STEPGATE_CERTIFICATE_PROXIES,
    oidc: toOidcSettings(variables),
    logLevel: variables.LOG_LEVEL,
  }
}

type Parsed = z.output<typeof Variables>

/** Throws where a file is named that holds no secret. */
function toGivenSecret(variables: Parsed, name: 'STEPGATE_SECRET' | 'STEPGATE_SECRET_PREVIOUS'): GivenSecret | null {
  const [fileSetting, commandSetting] = [`${name}_FILE`, `${name}_COMMAND`] as const
  const given = [name, fileSetting, commandSetting].filter((setting) => variables[setting] !== undefined)
  if (given.length > 1) throw new StartupError(`${given.join(' and ')} exclude each other.`)
  const { [name]: value, [fileSetting]: file, [commandSetting]: command } = variables
  if (value !== undefined) return { value }
  if (command) return { command, setting: commandSetting }
  if (file === undefined) return null
  const source = { file: resolve(file), setting: fileSetting }
  readSecret(source)
  return source
}

/** The named settings, which only make sense together; null where none is set. */
function takeTogether<Name extends keyof Parsed>(
  variables: Parsed,
  group: string,
  names: readonly Name[],
): { readonly [Key in Name]: NonNullable<Parsed[Key]> } | null {
  const missing = names.filter((name) => variables[name] === undefined)
  if (missing.length === names.length) return null
  if (missing.length > 0)
    throw new StartupError(`${missing.join(' and ')} must be set too, because another ${group} setting is.`)
  return variables as { readonly [Key in Name]: NonNullable<Parsed[Key]> } // none is missing
}

function toTlsSettings(variables: Parsed, publicUrl: string): TlsSettings | null {
  const names = ['STEPGATE_TLS_PORT', 'STEPGATE_TLS_CERTIFICATE', 'STEPGATE_TLS_KEY'] as const
  const given = takeTogether(variables, 'STEPGATE_TLS_', names)
  if (given === null) return null
  const port = given.STEPGATE_TLS_PORT
  return {
    port,
    certificateFile: given.STEPGATE_TLS_CERTIFICATE,
    keyFile: given.STEPGATE_TLS_KEY,
    publicUrl: variables.STEPGATE_TLS_PUBLIC_URL ?? `https://${new URL(publicUrl).hostname}:${port.toString()}`,
  }
}

function toOidcSettings(variables: Parsed): OidcSettings | null {
  const names = ['STEPGATE_OIDC_ISSUER', 'STEPGATE_OIDC_CLIENT_ID', 'STEPGATE_OIDC_CLIENT_SECRET'] as const
  const given = takeTogether(variables, 'STEPGATE_OIDC_', names)
  if (given === null) return null
  return {
    name: variables.STEPGATE_OIDC_NAME,
    issuer: given.STEPGATE_OIDC_ISSUER,
    clientId: given.STEPGATE_OIDC_CLIENT_ID,
    clientSecret: given.STEPGATE_OIDC_CLIENT_SECRET,
    defaultRole: variables.STEPGATE_OIDC_DEFAULT_ROLE ?? null,
  }
}

/** The value itself is not repeated: it may be a secret. */
function toSentences(error: z.ZodError): string {
  const first = new Map(error.issues.toReversed().map((issue) => [String(issue.path[0]), issue.message]))
  return [...first]
    .map(([name, message]) => `${name} ${message}.`)
    .toReversed()
    .join('\n')
}

/** The table of settings, as Markdown. */
export function describeSettings(): string {
  const rows = Object.entries(Variables.shape).map(([name, schema]) => {
    const fallback = schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : ''
    return `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${schema.description ?? ''} |`
  })
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}
