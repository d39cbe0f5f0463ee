import {
  member,
  readArray,
  readInteger,
  readOneOf,
  readOptionalArray,
  readString,
  requireDistinct,
  type Field,
} from './field-reader.ts'
import { parseRule } from './parse-rule.ts'
import {
  CALLER_DEVICES_MAX,
  SNAPSHOT_BYTES_MAX,
  SNAPSHOT_FORMAT,
  type ClaimScopes,
  type PublicJwk,
  type Snapshot,
  type SnapshotEndpoint,
  type SnapshotIssuer,
} from './snapshot.ts'
import { SnapshotFormatError } from './snapshot-format-error.ts'
import { MODES, UNDECLARED_MODES } from './vocabulary.ts'

const DEPTH_MAX = 32
const [QUOTE, BACKSLASH, BRACKET_OPEN, BRACKET_CLOSE, BRACE_OPEN, BRACE_CLOSE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]
const ENDPOINTS_MAX = 20_000
const ISSUERS_MAX = 100
const KEYS_MAX = 100
const CLAIM_SCOPES_MAX = 200
const IDENTITIES_MAX = 100_000
const NAME_MAX = 200
const URL_MAX = 2_000
const ROUTE_MAX = 500
const KEY_PARAMETER_MAX = 2_000
const SECONDS_MAX = 86_400

/** The public parameters of each key type. Others are dropped, so that a private key could never be carried on. */
const KEY_PARAMETERS = { OKP: ['crv', 'x'], EC: ['crv', 'x', 'y'], RSA: ['n', 'e'] } as const
const KEY_TYPE_OF_ALGORITHM = { EdDSA: 'OKP', ES256: 'EC', RS256: 'RSA' } as const
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const
const CURVES: Partial<Record<PublicJwk['alg'], string>> = { EdDSA: 'Ed25519', ES256: 'P-256' }

function readKey(field: Field): PublicJwk {
  const alg = readOneOf(member(field, 'alg'), ALGORITHMS)
  const kty = readOneOf(member(field, 'kty'), [KEY_TYPE_OF_ALGORITHM[alg]])
  const parameters = KEY_PARAMETERS[kty].map(
    (name) => [name, readString(member(field, name), KEY_PARAMETER_MAX)] as const,
  )
  const curve = CURVES[alg]
  if (curve !== undefined) readOneOf(member(field, 'crv'), [curve])
  return { kid: readString(member(field, 'kid'), NAME_MAX), kty, alg, ...Object.fromEntries(parameters) }
}

function readClaimScopes(field: Field): ClaimScopes {
  return {
    claim: readString(member(field, 'claim'), NAME_MAX),
    value: readString(member(field, 'value'), NAME_MAX),
    scopes: readArray(member(field, 'scopes'), KEYS_MAX, (item) => readString(item, NAME_MAX)),
  }
}

function readIssuer(field: Field): SnapshotIssuer {
  const keys = readArray(member(field, 'keys'), KEYS_MAX, readKey)
  requireDistinct(keys, `${field.path}.keys`, (key) => key.kid)
  return {
    issuer: readString(member(field, 'issuer'), URL_MAX),
    name: readString(member(field, 'name'), NAME_MAX),
    kind: readOneOf(member(field, 'kind'), ['stepgate', 'oidc']),
    audience: readString(member(field, 'audience'), URL_MAX),
    scopeClaim: readString(member(field, 'scopeClaim'), NAME_MAX),
    claimScopes: readOptionalArray(member(field, 'claimScopes'), CLAIM_SCOPES_MAX, readClaimScopes),
    keys,
  }
}

function readMethod(field: Field): string {
  const method = readString(field, 20)
  if (!/^[A-Z]+$/.test(method)) throw new SnapshotFormatError(field.path, 'must be an HTTP method in upper case')
  return method
}

function readRoute(field: Field): string {
  const route = readString(field, ROUTE_MAX)
  if (!route.startsWith('/')) throw new SnapshotFormatError(field.path, 'must start with a slash')
  return route
}

function readEndpoint(field: Field): SnapshotEndpoint {
  return {
    id: readString(member(field, 'id'), NAME_MAX),
    method: readMethod(member(field, 'method')),
    route: readRoute(member(field, 'route')),
    mode: readOneOf(member(field, 'mode'), MODES),
    percent: readInteger(member(field, 'percent'), 1, 100),
    rule: parseRule(member(field, 'rule')),
  }
}

function readEndpoints(field: Field): SnapshotEndpoint[] {
  const endpoints = readArray(field, ENDPOINTS_MAX, readEndpoint)
  requireDistinct(endpoints, field.path, ({ method, route }) => `${method} ${route}`)
  return endpoints
}

function readIssuers(field: Field): SnapshotIssuer[] {
  const issuers = readArray(field, ISSUERS_MAX, readIssuer)
  requireDistinct(issuers, field.path, ({ issuer }) => issuer)
  return issuers
}

function readRevokedToken(field: Field): Snapshot['revokedTokens'][number] {
  return {
    jti: readString(member(field, 'jti'), NAME_MAX),
    expiresAt: readInteger(member(field, 'expiresAt'), 0, Number.MAX_SAFE_INTEGER),
  }
}

function readKnownDevices(field: Field): Snapshot['knownDevices'][number] {
  return {
    caller: readString(member(field, 'caller'), NAME_MAX),
    devices: readArray(member(field, 'devices'), CALLER_DEVICES_MAX, (item) => readString(item, NAME_MAX)),
  }
}

function readSnapshot(field: Field): Snapshot {
  const poll = member(field, 'poll')
  const report = member(field, 'report')
  return {
    format: readInteger(member(field, 'format'), SNAPSHOT_FORMAT, SNAPSHOT_FORMAT) as typeof SNAPSHOT_FORMAT, // the bounds leave no other
    epoch: readString(member(field, 'epoch'), 100),
    revision: readInteger(member(field, 'revision'), 0, Number.MAX_SAFE_INTEGER),
    environment: readString(member(field, 'environment'), NAME_MAX),
    service: readString(member(field, 'service'), NAME_MAX),
    publishedAt: readString(member(field, 'publishedAt'), 40),
    undeclaredMode: readOneOf(member(field, 'undeclaredMode'), UNDECLARED_MODES),
    endpoints: readEndpoints(member(field, 'endpoints')),
    issuers: readIssuers(member(field, 'issuers')),
    disabledIdentities: readArray(member(field, 'disabledIdentities'), IDENTITIES_MAX, (item) =>
      readString(item, NAME_MAX),
    ),
    revokedTokens: readArray(member(field, 'revokedTokens'), IDENTITIES_MAX, readRevokedToken),
    knownDevices: readOptionalArray(member(field, 'knownDevices'), IDENTITIES_MAX, readKnownDevices),
    poll: {
      waitSeconds: readInteger(member(poll, 'waitSeconds'), 0, SECONDS_MAX),
      intervalSeconds: readInteger(member(poll, 'intervalSeconds'), 1, SECONDS_MAX),
    },
    report: {
      intervalSeconds: readInteger(member(report, 'intervalSeconds'), 1, SECONDS_MAX),
      samplesPerSignature: readInteger(member(report, 'samplesPerSignature'), 0, 1_000),
    },
  }
}

/** Position of the quote that ends the string that starts here, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

/** Nesting is bounded before the text is parsed: a few kilobytes of brackets must not cost more than themselves. */
function requireShallow(text: string): void {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = endOfString(text, index)
    else if (code === BRACKET_OPEN || code === BRACE_OPEN) depth++
    else if (code === BRACKET_CLOSE || code === BRACE_CLOSE) depth--
    if (depth > DEPTH_MAX) throw new SnapshotFormatError('', `is nested deeper than ${String(DEPTH_MAX)}`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SnapshotFormatError('', 'is not JSON')
  }
}

/**
 * Reads a snapshot from its JSON text. Unknown members are ignored, unknown kinds of requirements are kept as `unknown` and
 * deny; everything else that does not fit throws {@link SnapshotFormatError} with the path of the first bad value.
 */
export function parseSnapshot(text: string): Snapshot {
  if (text.length > SNAPSHOT_BYTES_MAX)
    throw new SnapshotFormatError('', `is larger than ${String(SNAPSHOT_BYTES_MAX)} bytes`)
  requireShallow(text)
  return readSnapshot({ value: parseJson(text), path: '' })
}
