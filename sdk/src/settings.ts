import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { parseContextSettings, type ContextOptions, type ContextSettings } from './context/context-settings.ts'
import { readCertificateFiles, type CertificateFiles } from './client/certificate-files.ts'
import { StepgateConfigurationError } from './errors.ts'
import type { StepgateLogger } from './event-hub.ts'
import { findUnknown, listKnown } from './known-names.ts'
import { SettingReader, type Environment } from './setting-reader.ts'
import { parseSenderSettings, type SenderOptions, type SenderSettings } from './sender/sender-settings.ts'
import { DECISION_LOGS, type DecisionLog } from './report/decision-log.ts'
import { parseTrustedProxies } from './token/client-address.ts'
import { isJsonObject } from './token/json-object.ts'
import { jwkThumbprint } from './token/jwk-thumbprint.ts'
import type { Network } from '../../lib/policy/network.ts'
import type { PublicJwk } from '../../lib/policy/snapshot.ts'

/** Settings of `createStepgate`. Each one that is left out is read from the environment variable named with it. */
export interface StepgateOptions extends ContextOptions, SenderOptions {
  /** Address of the control plane, `https://stepgate.example.com` (STEPGATE_URL). */
  readonly url?: string
  /** Name of this service, its OAuth `client_id` (STEPGATE_CLIENT_ID). */
  readonly clientId?: string
  /** Its client secret (STEPGATE_CLIENT_SECRET). Either this or a private key. */
  readonly clientSecret?: string
  /** Its private key, PEM or JWK, for `private_key_jwt` (STEPGATE_PRIVATE_KEY). */
  readonly privateKey?: string
  /** `kid` of the private key as registered; by default its RFC 7638 thumbprint (STEPGATE_PRIVATE_KEY_ID). */
  readonly privateKeyId?: string
  /**
   * Path of its client certificate, PEM, for mutual TLS (STEPGATE_CLIENT_CERT). Shown on every connection to the control plane,
   * and its credential where there is neither secret nor private key. Read again when it changes.
   */
  readonly clientCert?: string
  /**
   * Path of a token that the platform hands this program, such as a Kubernetes projected one (STEPGATE_CLIENT_ASSERTION_FILE). Its
   * credential where there is neither secret nor private key: sent as a client assertion (RFC 7523), and read anew each time.
   */
  readonly clientAssertionFile?: string
  /** Path of the certificate's private key, PEM (STEPGATE_CLIENT_KEY). */
  readonly clientKey?: string
  /** `true`: tokens for other services are bound to a key of this process, and `fetch` proves its possession (STEPGATE_DPOP). Default `false`. */
  readonly dpop?: boolean
  /** Configuration keys of the environment, raw Ed25519 public keys in base64url, comma-separated (STEPGATE_CONFIG_KEY). */
  readonly configKey?: string
  /** Folder for what outlives the process (STEPGATE_STATE_DIR): the copy of the configuration with which the service starts while the control plane is away, what was seen before, and the id of this installation. Without it nothing does. */
  readonly stateDir?: string
  /** Name of this program, so that one credential in two programs is noticed (STEPGATE_WORKLOAD). */
  readonly workload?: string
  /** Proxies whose `X-Forwarded-For` is believed: networks in CIDR notation, addresses, `loopback` or `private` (STEPGATE_TRUSTED_PROXIES); a list, or a text with commas. */
  readonly trustedProxies?: string | readonly string[]
  /** Which service answers at an origin, for `stepgate.fetch`: `{ 'http://orders:3000': 'orders' }` (STEPGATE_AUDIENCES), or a text with commas, `origin=audience,…`. */
  readonly audiences?: string | Readonly<Record<string, string>>
  /** Where warnings go; by default the console. pino fits as it is. */
  readonly logger?: StepgateLogger
  /**
   * Which requests get a line in the log (STEPGATE_LOG_DECISIONS): `denied` (the default) those that were refused, `all` those
   * that would have been refused as well, `none`. At most 50 lines in 10 seconds; `suppressed` in the next line counts the rest.
   */
  readonly logDecisions?: DecisionLog
  /** Shown beside the instance; set by the framework's adapter. */
  readonly framework?: string
}

/** All of them. */
export const OPTION_NAMES = [
  'url',
  'clientId',
  'clientSecret',
  'privateKey',
  'privateKeyId',
  'configKey',
  'stateDir',
  'workload',
  'trustedProxies',
  'clientCert',
  'clientKey',
  'clientAssertionFile',
  'dpop',
  'publicUrl',
  'dpopNonceSecret',
  'clientCertHeader',
  'audiences',
  'geoDatabases',
  'geo',
  'contextSignals',
  'logDecisions',
  'logger',
  'framework',
] satisfies readonly (keyof StepgateOptions)[]

export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'assertion-file'; readonly path: string }
  | {
      readonly kind: 'private-key'
      readonly key: KeyObject
      readonly keyId: string
      readonly algorithm: PublicJwk['alg']
    }
  | { readonly kind: 'mutual-tls' }

/** A pinned configuration key. */
export interface ConfigKey {
  /** RFC 7638 thumbprint. */
  readonly keyId: string
  readonly key: KeyObject
}

export interface Settings extends ContextSettings {
  /** Without a slash at the end. */
  readonly url: string
  readonly clientId: string
  readonly credential: ClientCredential
  readonly clientCertificate: CertificateFiles | null
  readonly dpop: boolean
  readonly configKeys: readonly ConfigKey[]
  readonly stateDir: string | null
  readonly workload: string
  readonly trustedProxies: readonly Network[]
  readonly audiences: ReadonlyMap<string, string>
  readonly framework: string | null
  readonly logDecisions: DecisionLog
  readonly sender: SenderSettings
}

type Reader = SettingReader<StepgateOptions>

function parseConfigKey(text: string, reader: Reader): ConfigKey {
  const x = text.trim()
  const bytes = Buffer.from(x, 'base64url')
  if (bytes.length !== 32 || bytes.toString('base64url') !== x)
    return reader.fail('configKey', 'must be an Ed25519 public key of 32 bytes in base64url')
  const jwk = { crv: 'Ed25519', kty: 'OKP', x }
  return { keyId: jwkThumbprint('EdDSA', jwk), key: createPublicKey({ key: jwk, format: 'jwk' }) }
}

const parseConfigKeys = (reader: Reader): ConfigKey[] =>
  reader
    .requireText('configKey')
    .split(',')
    .map((text) => parseConfigKey(text, reader))

const PRIVATE_KEY = 'must be an Ed25519, P-256 or RSA key (2,048 bits or more) in PEM or JWK form'

function readPrivateKey(text: string, reader: Reader): KeyObject {
  try {
    return text.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text) as object as import('node:crypto').JsonWebKey, format: 'jwk' })
      : createPrivateKey(text) // checked by the constructor
  } catch {
    return reader.fail('privateKey', PRIVATE_KEY)
  }
}

function algorithmOf(key: KeyObject, reader: Reader): PublicJwk['alg'] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'ed25519') return 'EdDSA'
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256'
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return 'RS256'
  return reader.fail('privateKey', PRIVATE_KEY)
}

function parsePrivateKey(text: string, reader: Reader): ClientCredential {
  const key = readPrivateKey(text, reader)
  const algorithm = algorithmOf(key, reader)
  const thumbprint = jwkThumbprint(algorithm, createPublicKey(key).export({ format: 'jwk' }))
  return { kind: 'private-key', key, algorithm, keyId: reader.text('privateKeyId') ?? thumbprint }
}

function parseCertificate(reader: Reader, url: string): CertificateFiles | null {
  if (reader.text('clientCert') === undefined && reader.text('clientKey') === undefined) return null
  const [certFile, keyFile] = [reader.requireText('clientCert'), reader.requireText('clientKey')]
  if (!url.startsWith('https:')) return reader.fail('clientCert', 'needs a control plane under https')
  try {
    return readCertificateFiles(certFile, keyFile)
  } catch {
    return reader.fail('clientCert', 'cannot be read, or does not belong to its key')
  }
}

function parseCredential(reader: Reader, hasCertificate: boolean): ClientCredential {
  const [secret, privateKey] = [reader.text('clientSecret'), reader.text('privateKey')]
  // An option overrides the environment, so a private key given in code wins over a secret left in the environment.
  if (privateKey !== undefined && (reader.options.privateKey !== undefined || secret === undefined))
    return parsePrivateKey(privateKey, reader)
  if (secret !== undefined) return { kind: 'secret', secret }
  const path = reader.text('clientAssertionFile')
  if (path !== undefined)
    return existsSync(path)
      ? { kind: 'assertion-file', path }
      : reader.fail('clientAssertionFile', 'names a file that does not exist')
  return hasCertificate
    ? { kind: 'mutual-tls' }
    : reader.failMissing('clientSecret', '; give it or a privateKey (STEPGATE_PRIVATE_KEY)')
}

function splitPair(pair: string): [string, string] {
  const cut = pair.lastIndexOf('=')
  return [pair.slice(0, Math.max(cut, 0)).trim(), pair.slice(cut + 1).trim()]
}

const AUDIENCES = 'must list what answers where, as http://orders:3000=orders'
const PROXIES = 'must list networks, addresses, loopback or private, as loopback,10.0.0.0/8'

export function parseAudiences(reader: SettingReader<Pick<StepgateOptions, 'audiences'>>): Map<string, string> {
  const stated: unknown = reader.options.audiences
  const pairs: [string, unknown][] = isJsonObject(stated)
    ? Object.entries(stated)
    : reader.list('audiences', AUDIENCES).map(splitPair)
  return new Map(
    pairs.map(([origin, audience]) => {
      if (!URL.canParse(origin) || typeof audience !== 'string' || audience === '')
        return reader.fail('audiences', `${AUDIENCES}, not "${origin}"`)
      return [new URL(origin).origin, audience]
    }),
  )
}

export const parseProxies = (reader: SettingReader<Pick<StepgateOptions, 'trustedProxies'>>): readonly Network[] =>
  parseTrustedProxies(reader.list('trustedProxies', PROXIES)) ?? reader.fail('trustedProxies', PROXIES)

/** `orders/server.js` for a program that says nothing else about itself. */
function programName(env: Environment): string {
  const script = process.argv[1]
  const fromScript = script === undefined ? 'node' : `${basename(dirname(script))}/${basename(script)}`
  const fromPackage = env['npm_package_name']?.trim() ?? ''
  return fromPackage === '' ? fromScript : fromPackage
}

/** A misspelled option would be left out without a word. */
function requireOptions(options: unknown): void {
  if (!isJsonObject(options))
    throw new StepgateConfigurationError('options', null, "must be an object: { clientId: 'orders' }")
  const unknown = findUnknown(options, OPTION_NAMES)
  if (unknown !== undefined)
    throw new StepgateConfigurationError(unknown, null, `is no option; ${listKnown(OPTION_NAMES)}`)
}

/** One that cannot write would hide whatever goes wrong. */
function requireLogger(logger: unknown): void {
  const { warn, error } = Object(logger) as Partial<Record<'warn' | 'error', unknown>>
  if (logger !== undefined && !(typeof warn === 'function' && typeof error === 'function'))
    throw new StepgateConfigurationError('logger', null, 'needs warn and error')
}

/** Reads and checks all settings. Throws `StepgateConfigurationError` naming the first that is missing, wrong or unknown. */
export function parseSettings(options: StepgateOptions, env: Environment): Settings {
  requireOptions(options)
  requireLogger(options.logger)
  const reader = new SettingReader(options, env)
  const url = reader.toAddress('url', reader.requireText('url'))
  const clientCertificate = parseCertificate(reader, url)
  return {
    url,
    clientId: reader.requireText('clientId'),
    credential: parseCredential(reader, clientCertificate !== null),
    clientCertificate,
    dpop: reader.oneOf('dpop', ['true', 'false'], 'false') === 'true',
    configKeys: parseConfigKeys(reader),
    stateDir: reader.text('stateDir') ?? null,
    workload: (reader.text('workload') ?? programName(env)).slice(0, 200),
    trustedProxies: parseProxies(reader),
    audiences: parseAudiences(reader),
    ...parseContextSettings(reader),
    framework: options.framework ?? null,
    logDecisions: reader.oneOf('logDecisions', DECISION_LOGS, 'denied'),
    sender: parseSenderSettings(reader),
  }
}
