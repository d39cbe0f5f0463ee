import type { SenderConstraint, TokenProblem } from '../../../lib/policy/vocabulary.ts'
import { readBinding, type TokenBinding } from '../sender/token-binding.ts'
import { decodeToken, type DecodedToken } from './decode-token.ts'
import { readScopes, withClaimScopes } from '../../../lib/policy/token-scopes.ts'
import { isMeantFor, readClaims, readPrincipal, type Principal, type TokenClaims } from './token-claims.ts'
import { findIssuer, toTrust, type Trust, type TrustedIssuer } from './trust.ts'
import type { VerificationKey } from './verification-key.ts'
import type { ToVerifier } from './verifier.ts'

/** A token whose signature holds: its contents may be believed, even where it is expired or meant for somebody else. */
export interface SignedToken {
  readonly claims: TokenClaims
  /** As the configuration has it: the same text for all tokens. */
  readonly issuer: string
  readonly principal: Principal
  readonly scopes: readonly string[]
  /** What the sender has to prove; null for a plain token. */
  readonly binding: TokenBinding | null
}

export interface VerifiedToken {
  readonly problem: TokenProblem | null
  /** Null when nothing in the token may be believed. */
  readonly token: SignedToken | null
  /** What the sender has proven; by default nothing. */
  readonly sender?: SenderConstraint
}

const unbelievable = (problem: TokenProblem): VerifiedToken => ({ problem, token: null })
const MALFORMED = unbelievable('token-malformed')
const UNTRUSTED = unbelievable('issuer-untrusted')
const UNSIGNED = unbelievable('signature-invalid')

/** Access tokens say what they are (RFC 9068). Identity providers often do not, but must not say they are something else. */
const isAcceptedType = (typ: string | null, kind: 'stepgate' | 'oidc'): boolean =>
  typ === 'at+jwt' || (kind === 'oidc' && (typ === null || typ === 'jwt'))

const onlyKeyOf = ({ keys }: TrustedIssuer): VerificationKey | undefined =>
  keys.size === 1 ? keys.values().next().value : undefined

/** Without `kid` the key is only clear when the issuer has just one. */
function findKey(issuer: TrustedIssuer, decoded: DecodedToken): VerificationKey | null {
  const { kid, alg } = decoded.header
  const key = kid === null ? onlyKeyOf(issuer) : issuer.keys.get(kid)
  return key?.alg === alg ? key : null
}

function readSignedToken(decoded: DecodedToken, claims: TokenClaims, issuer: TrustedIssuer): SignedToken | null {
  const principal = readPrincipal(decoded.payload, claims, issuer.settings)
  const scopes = readScopes(decoded.payload, issuer.settings.scopeClaim)
  if (principal === null || scopes === null) return null
  return {
    claims,
    issuer: issuer.settings.issuer,
    principal,
    scopes: withClaimScopes(scopes, decoded.payload, issuer.settings.claimScopes),
    binding: readBinding(decoded.payload),
  }
}

/** The names of a token are new texts, which have to be hashed before a list can be asked for them. */
const isListed = (list: ReadonlySet<string>, name: string | null): boolean =>
  name !== null && list.size > 0 && list.has(name)

function findProblem(token: SignedToken, issuer: TrustedIssuer, trust: Trust, nowMs: number): TokenProblem | null {
  const { claims, principal, binding } = token
  if (nowMs < claims.validFromSeconds * 1000) return 'token-not-yet-valid'
  if (nowMs >= claims.expiresAtSeconds * 1000) return 'token-expired'
  if (!isMeantFor(claims, issuer.settings.audience)) return 'audience-mismatch'
  if (isListed(trust.disabledIdentities, principal.clientId)) return 'identity-disabled'
  if (isListed(trust.revokedTokens, claims.tokenId)) return 'token-revoked'
  return binding === null ? null : 'sender-unproven'
}

/**
 * Verifies a token against the trusted issuers. Keys come from the snapshot alone: `jwk`, `jku` and `x5u` in a token are not
 * looked at, and each key is good for its own algorithm only. A token bound to its sender (`cnf`) is `sender-unproven` until the
 * request it came with proves otherwise.
 */
export function verifyToken(compact: string, trust: Trust, nowMs: number): VerifiedToken {
  const decoded = decodeToken(compact)
  const claims = decoded === null ? null : readClaims(decoded.payload)
  if (decoded === null || claims === null) return MALFORMED
  const issuer = findIssuer(trust, claims.issuer)
  if (issuer === undefined) return UNTRUSTED
  const token = isAcceptedType(decoded.header.typ, issuer.settings.kind)
    ? readSignedToken(decoded, claims, issuer)
    : null
  if (token === null) return MALFORMED
  const key = findKey(issuer, decoded)
  if (!key?.matches(decoded.signedBytes, decoded.signature)) return UNSIGNED
  return { problem: findProblem(token, issuer, trust, nowMs), token }
}

export const toVerifier: ToVerifier = (snapshot) => {
  const trust = toTrust(snapshot)
  return { unusableKeys: trust.unusableKeys, verify: (compact, nowMs) => verifyToken(compact, trust, nowMs) }
}
