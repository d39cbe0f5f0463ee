import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { parseContextSettings, type ContextOptions, type ContextSettings } from './context/context-settings.ts'
import { ClientCertificate } from './client/client-certificate.ts'
import { StepgateConfigurationError } from './errors.ts'
import type { StepgateLogger } from './event-hub.ts'
import { parseSenderSettings, type SenderOptions, type SenderSettings } from './sender/sender-settings.ts'
import { DECISION_LOGS, type DecisionLog } from './report/decision-log.ts'
import { parseTrustedProxies } from './token/client-address.ts'
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
  /** Proxies whose `X-Forwarded-For` is believed: networks in CIDR notation, addresses, `loopback` or `private` (STEPGATE_TRUSTED_PROXIES, comma-separated). */
  readonly trustedProxies?: readonly string[]
  /** Which service answers at an origin, for `stepgate.fetch`: `{ 'http://orders:3000': 'orders' }` (STEPGATE_AUDIENCES, `origin=audience`, comma-separated). */
  readonly audiences?: Readonly<Record<string, string>>
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

export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | {
      readonly kind: 'private-key'
      readonly key: KeyObject
      readonly keyId: string
      readonly algorithm: 'EdDSA' | 'ES256' | 'RS256'
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
  readonly clientCertificate: ClientCertificate | null
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

type Environment = Readonly<Record<string, string | undefined>>

const fail = (option: string, variable: string, problem: string): never => {
  throw new StepgateConfigurationError(`${option} (${variable})`, problem)
}

const given = (option: string | undefined, variable: string | undefined): string | undefined => {
  const text = (option ?? variable)?.trim()
  return text === '' ? undefined : text
}

function parseUrl(text: string | undefined): string {
  if (text === undefined) return fail('url', 'STEPGATE_URL', 'is missing')
  const url = URL.canParse(text) ? new URL(text) : null
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url === null || !isHttp || url.username !== '' || url.password !== '')
    return fail('url', 'STEPGATE_URL', 'must be an http or https address without credentials')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function parseConfigKey(text: string): ConfigKey {
  const x = text.trim()
  const bytes = Buffer.from(x, 'base64url')
  if (bytes.length !== 32 || bytes.toString('base64url') !== x)
    return fail('configKey', 'STEPGATE_CONFIG_KEY', 'must be an Ed25519 public key of 32 bytes in base64url')
  const jwk = { crv: 'Ed25519', kty: 'OKP', x }
  return { keyId: jwkThumbprint('EdDSA', jwk), key: createPublicKey({ key: jwk, format: 'jwk' }) }
}

function parseConfigKeys(text: string | undefined): ConfigKey[] {
  if (text === undefined) return fail('configKey', 'STEPGATE_CONFIG_KEY', 'is missing')
  return text.split(',').map(parseConfigKey)
}

function readPrivateKey(text: string): KeyObject {
  try {
    return text.startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text) as object as import('node:crypto').JsonWebKey, format: 'jwk' })
      : createPrivateKey(text) // checked by the constructor
  } catch {
    return fail('privateKey', 'STEPGATE_PRIVATE_KEY', 'must be a private key in PEM or JWK form')
  }
}

function algorithmOf(key: KeyObject): 'EdDSA' | 'ES256' | 'RS256' {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256'
  if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return 'RS256'
  return fail('privateKey', 'STEPGATE_PRIVATE_KEY', 'must be an Ed25519, P-256 or RSA key (2,048 bits or more)')
}

const keyThumbprint = (key: KeyObject, algorithm: PublicJwk['alg']): string =>
  jwkThumbprint(algorithm, createPublicKey(key).export({ format: 'jwk' }))

function parseCertificate(options: StepgateOptions, env: Environment, url: string): ClientCertificate | null {
  const certFile = given(options.clientCert, env['STEPGATE_CLIENT_CERT'])
  const keyFile = given(options.clientKey, env['STEPGATE_CLIENT_KEY'])
  if (certFile === undefined && keyFile === undefined) return null
  if (certFile === undefined) return fail('clientCert', 'STEPGATE_CLIENT_CERT', 'is missing beside its key')
  if (keyFile === undefined) return fail('clientKey', 'STEPGATE_CLIENT_KEY', 'is missing beside its certificate')
  if (!url.startsWith('https:')) return fail('clientCert', 'STEPGATE_CLIENT_CERT', 'needs a control plane under https')
  try {
    return new ClientCertificate(certFile, keyFile)
  } catch {
    return fail('clientCert', 'STEPGATE_CLIENT_CERT', 'cannot be read, or does not belong to its key')
  }
}

function parseSwitch(option: boolean | undefined, variable: string | undefined): boolean {
  const text = given(option === undefined ? undefined : String(option), variable) ?? 'false'
  if (text !== 'true' && text !== 'false') return fail('dpop', 'STEPGATE_DPOP', 'must be true or false')
  return text === 'true'
}

function parseCredential(options: StepgateOptions, env: Environment, hasCertificate: boolean): ClientCredential {
  const secret = given(options.clientSecret, env['STEPGATE_CLIENT_SECRET'])
  const privateKey = given(options.privateKey, env['STEPGATE_PRIVATE_KEY'])
  // An option overrides the environment, so a private key given in code wins over a secret left in the environment.
  if (privateKey !== undefined && (options.privateKey !== undefined || secret === undefined)) {
    const key = readPrivateKey(privateKey)
    const algorithm = algorithmOf(key)
    return {
      kind: 'private-key',
      key,
      algorithm,
      keyId: given(options.privateKeyId, env['STEPGATE_PRIVATE_KEY_ID']) ?? keyThumbprint(key, algorithm),
    }
  }
  if (secret === undefined && hasCertificate) return { kind: 'mutual-tls' }
  if (secret === undefined)
    return fail('clientSecret', 'STEPGATE_CLIENT_SECRET', 'is missing; give it or a privateKey (STEPGATE_PRIVATE_KEY)')
  return { kind: 'secret', secret }
}

const readPairs = (text: string | undefined): [string, string][] =>
  (text ?? '')
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const cut = pair.lastIndexOf('=')
      return [pair.slice(0, Math.max(cut, 0)).trim(), pair.slice(cut + 1).trim()]
    })

export function parseAudiences(
  { audiences }: Pick<StepgateOptions, 'audiences'>,
  env: Environment,
): Map<string, string> {
  const pairs = audiences === undefined ? readPairs(env['STEPGATE_AUDIENCES']) : Object.entries(audiences)
  return new Map(
    pairs.map(([origin, audience]) => {
      if (!URL.canParse(origin) || audience === '')
        return fail('audiences', 'STEPGATE_AUDIENCES', `needs origin=audience, not "${origin}=${audience}"`)
      return [new URL(origin).origin, audience]
    }),
  )
}

export function parseProxies(
  { trustedProxies }: Pick<StepgateOptions, 'trustedProxies'>,
  env: Environment,
): readonly Network[] {
  const names =
    trustedProxies ?? (env['STEPGATE_TRUSTED_PROXIES'] ?? '').split(',').filter((name) => name.trim() !== '')
  return (
    parseTrustedProxies(names) ??
    fail(
      'trustedProxies',
      'STEPGATE_TRUSTED_PROXIES',
      'must list networks in CIDR notation, addresses, loopback or private',
    )
  )
}

function parseDecisionLog(options: StepgateOptions, env: Environment): DecisionLog {
  const choice = given(options.logDecisions, env['STEPGATE_LOG_DECISIONS']) ?? 'denied'
  return (
    DECISION_LOGS.find((known) => known === choice) ??
    fail('logDecisions', 'STEPGATE_LOG_DECISIONS', `must be one of ${DECISION_LOGS.join(', ')}`)
  )
}

/** `orders/server.js` for a program that says nothing else about itself. */
function programName(env: Environment): string {
  const script = process.argv[1]
  const fromScript = script === undefined ? 'node' : `${basename(dirname(script))}/${basename(script)}`
  return given(undefined, env['npm_package_name']) ?? fromScript
}

/** Reads and checks all settings. Throws {@link StepgateConfigurationError} naming the first that is missing or wrong. */
export function parseSettings(options: StepgateOptions, env: Environment): Settings {
  const url = parseUrl(given(options.url, env['STEPGATE_URL']))
  const clientCertificate = parseCertificate(options, env, url)
  return {
    url,
    clientId:
      given(options.clientId, env['STEPGATE_CLIENT_ID']) ?? fail('clientId', 'STEPGATE_CLIENT_ID', 'is missing'),
    credential: parseCredential(options, env, clientCertificate !== null),
    clientCertificate,
    dpop: parseSwitch(options.dpop, env['STEPGATE_DPOP']),
    configKeys: parseConfigKeys(given(options.configKey, env['STEPGATE_CONFIG_KEY'])),
    stateDir: given(options.stateDir, env['STEPGATE_STATE_DIR']) ?? null,
    workload: (given(options.workload, env['STEPGATE_WORKLOAD']) ?? programName(env)).slice(0, 200),
    trustedProxies: parseProxies(options, env),
    audiences: parseAudiences(options, env),
    ...parseContextSettings(options, env, fail),
    framework: options.framework ?? null,
    logDecisions: parseDecisionLog(options, env),
    sender: parseSenderSettings(options, env, fail),
  }
}
