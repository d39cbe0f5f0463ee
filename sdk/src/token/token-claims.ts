import type { SnapshotIssuer } from '../../../lib/policy/snapshot.ts'
import { CLOCK_SKEW_SECONDS, type CallerKind } from '../../../lib/policy/vocabulary.ts'
import { isJsonObject, own, type JsonObject } from './json-object.ts'

const SCOPES_MAX = 200
const SCOPE_LENGTH_MAX = 200
const NAME_LENGTH_MAX = 200
const SECONDS_MAX = 253_402_300_799

export interface TokenClaims {
  readonly issuer: string
  readonly subject: string
  /** Audiences, at least one. */
  readonly audiences: readonly string[]
  readonly issuedAtSeconds: number
  /** Valid from here, allowing for skew. Includes `iat`: a token from the future is not valid yet. */
  readonly validFromMs: number
  /** Valid before here, allowing for skew. */
  readonly expiresAtMs: number
  readonly tokenId: string | null
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= NAME_LENGTH_MAX

const isSeconds = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= SECONDS_MAX

/** A claim that may be left out may not be null instead. */
const valueOr = (value: unknown, absent: unknown): unknown => (value === undefined ? absent : value)

function readAudiences(value: unknown): readonly string[] | null {
  const audiences: readonly unknown[] = Array.isArray(value) ? value : [value]
  return audiences.length > 0 && audiences.length <= 50 && audiences.every((audience) => typeof audience === 'string')
    ? audiences
    : null
}

/** The claims every token must have, whoever issued it; null when one is missing or of the wrong type. */
export function readClaims(payload: JsonObject): TokenClaims | null {
  const [issuer, subject, issuedAt, expiresAt] = [
    own(payload, 'iss'),
    own(payload, 'sub'),
    own(payload, 'iat'),
    own(payload, 'exp'),
  ]
  const notBefore = valueOr(own(payload, 'nbf'), issuedAt)
  const tokenId = valueOr(own(payload, 'jti'), null)
  const audiences = readAudiences(own(payload, 'aud'))
  if (typeof issuer !== 'string' || !isName(subject) || audiences === null) return null
  if (!isSeconds(issuedAt) || !isSeconds(expiresAt) || !isSeconds(notBefore) || (tokenId !== null && !isName(tokenId)))
    return null
  return {
    issuer,
    subject,
    audiences,
    issuedAtSeconds: issuedAt,
    validFromMs: (Math.max(issuedAt, notBefore) - CLOCK_SKEW_SECONDS) * 1000,
    expiresAtMs: (expiresAt + CLOCK_SKEW_SECONDS) * 1000,
    tokenId,
  }
}

/** Tokens of one caller mostly carry the same scopes. Bounded: a flood of others empties the memory. */
const known = new Map<string, readonly string[] | null>()
const KNOWN_MAX = 1_024
const KNOWN_LENGTH_MAX = 500

function keepScopes(text: string): readonly string[] | null {
  if (known.size >= KNOWN_MAX) known.clear()
  const scopes = toScopes(text)
  known.set(text, scopes)
  return scopes
}

/** Scopes, sorted and without duplicates, from a space-separated string or an array; null when there is something else. */
export function readScopes(payload: JsonObject, claim: string): readonly string[] | null {
  const value = valueOr(own(payload, claim), '')
  if (typeof value !== 'string' || value.length > KNOWN_LENGTH_MAX) return toScopes(value)
  const scopes = known.get(value)
  return scopes === undefined ? keepScopes(value) : scopes
}

function toScopes(value: unknown): readonly string[] | null {
  const words: readonly unknown[] | null =
    typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : Array.isArray(value) ? value : null
  if (words === null || words.length > SCOPES_MAX) return null
  const scopes = words.filter(
    (word) => typeof word === 'string' && word.length > 0 && word.length <= SCOPE_LENGTH_MAX,
  ) as string[] // the filter's own condition
  return scopes.length === words.length ? [...new Set(scopes)].sort() : null
}

/** The claim of this name, or the one that dots lead to: names may contain dots themselves, `https://example.com/roles`. */
function claimAt(object: JsonObject, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const inner = own(object, path.slice(0, dot))
    const found = isJsonObject(inner) ? claimAt(inner, path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const hasValue = (claim: unknown, value: string): boolean =>
  claim === value || (Array.isArray(claim) && (claim as readonly unknown[]).includes(value))

/** `scopes` and those that follow from other claims of the token, sorted. What is not text, or a list with it, gives none. */
export function withClaimScopes(
  scopes: readonly string[],
  payload: JsonObject,
  mappings: SnapshotIssuer['claimScopes'],
): readonly string[] {
  const earned = mappings.flatMap((mapping) =>
    hasValue(claimAt(payload, mapping.claim), mapping.value) ? mapping.scopes : [],
  )
  return earned.length === 0 ? scopes : [...new Set([...scopes, ...earned])].slice(0, SCOPES_MAX).sort()
}

/** Who a token speaks for. */
export interface Principal {
  readonly callerKind: CallerKind
  readonly caller: string
  readonly callerKey: string
  /** `client_id` of an identity; null for people. */
  readonly clientId: string | null
}

function identityOf(payload: JsonObject): Principal | null {
  const clientId = own(payload, 'client_id')
  if (!isName(clientId)) return null
  const callerKind = own(payload, 'client_kind') === 'integration' ? 'integration' : 'service'
  return { callerKind, caller: clientId, callerKey: clientId, clientId }
}

/** The caller a token names: an identity of this control plane, or a person of an identity provider. */
export function readPrincipal(payload: JsonObject, claims: TokenClaims, issuer: SnapshotIssuer): Principal | null {
  if (issuer.kind === 'stepgate') return identityOf(payload)
  return {
    callerKind: 'user',
    caller: `user@${issuer.name}`.slice(0, NAME_LENGTH_MAX),
    callerKey: `${claims.issuer} ${claims.subject}`,
    clientId: null,
  }
}
