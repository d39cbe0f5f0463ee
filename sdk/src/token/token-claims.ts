import { peopleCaller } from '../../../lib/policy/people-caller.ts'
import type { SnapshotIssuer } from '../../../lib/policy/snapshot.ts'
import { CLOCK_SKEW_SECONDS, type CallerKind } from '../../../lib/policy/vocabulary.ts'
import { isJsonObject, own, type JsonObject } from './json-object.ts'

const NAME_LENGTH_MAX = 200
/** More than any control plane lets a token pass through. */
const ACTORS_MAX = 8
const SECONDS_MAX = 253_402_300_799
const NOBODY: readonly string[] = Object.freeze([])

export interface TokenClaims {
  readonly issuer: string
  readonly subject: string
  /** At least one. */
  readonly audience: string | readonly string[]
  readonly issuedAtSeconds: number
  /** Valid from here, allowing for skew. Includes `iat`: a token from the future is not valid yet. */
  readonly validFromSeconds: number
  /** Valid before here, allowing for skew. */
  readonly expiresAtSeconds: number
  readonly tokenId: string | null
  /** Who acts on the subject's behalf (RFC 8693): the first one first, the caller last. Empty for a token of the subject's own. */
  readonly actors: readonly string[]
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= NAME_LENGTH_MAX

const isSeconds = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= SECONDS_MAX

/** A claim that may be left out may not be null instead. */
const valueOr = (value: unknown, absent: unknown): unknown => (value === undefined ? absent : value)

function readAudience(value: unknown): string | readonly string[] | null {
  if (typeof value === 'string') return value
  const audiences: readonly unknown[] = Array.isArray(value) ? value : []
  return audiences.length > 0 && audiences.length <= 50 && audiences.every((audience) => typeof audience === 'string')
    ? audiences
    : null
}

/** The chain of `act`, which names the present actor outermost. It tells and grants nothing: what cannot be read is left out. */
function readActors(payload: JsonObject): readonly string[] {
  let act = own(payload, 'act')
  if (act === undefined) return NOBODY
  const actors: string[] = []
  while (isJsonObject(act) && actors.length < ACTORS_MAX) {
    const name = own(act, 'sub')
    if (!isName(name)) break
    actors.unshift(name)
    act = own(act, 'act')
  }
  return actors
}

/** The claims every token must have, whoever issued it; null when one is missing or of the wrong type. */
export function readClaims(payload: JsonObject): TokenClaims | null {
  const issuer = own(payload, 'iss')
  const subject = own(payload, 'sub')
  const issuedAt = own(payload, 'iat')
  const expiresAt = own(payload, 'exp')
  const notBefore = valueOr(own(payload, 'nbf'), issuedAt)
  const tokenId = valueOr(own(payload, 'jti'), null)
  const audience = readAudience(own(payload, 'aud'))
  if (typeof issuer !== 'string' || !isName(subject) || audience === null) return null
  if (!isSeconds(issuedAt) || !isSeconds(expiresAt) || !isSeconds(notBefore) || (tokenId !== null && !isName(tokenId)))
    return null
  return {
    issuer,
    subject,
    audience,
    issuedAtSeconds: issuedAt,
    validFromSeconds: Math.max(issuedAt, notBefore) - CLOCK_SKEW_SECONDS,
    expiresAtSeconds: expiresAt + CLOCK_SKEW_SECONDS,
    tokenId,
    actors: readActors(payload),
  }
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
    caller: peopleCaller(issuer.name).slice(0, NAME_LENGTH_MAX),
    callerKey: `${issuer.issuer} ${claims.subject}`,
    clientId: null,
  }
}

export const isMeantFor = ({ audience }: TokenClaims, service: string): boolean =>
  typeof audience === 'string' ? audience === service : audience.includes(service)
