import type { ParsedRule } from './rule.ts'
import type { Mode } from './vocabulary.ts'

/** The version of the snapshot format this code writes and reads. */
export const SNAPSHOT_FORMAT = 1
export const SNAPSHOT_BYTES_MAX = 8 * 1024 * 1024
/** Devices of one caller that a snapshot takes. */
export const CALLER_DEVICES_MAX = 1_000
/** `typ` of the detached signature over a snapshot (RFC 7515, appendix F; RFC 7797 with `b64: false`). */
export const SNAPSHOT_SIGNATURE_TYPE = 'stepgate-snapshot'

/** A public key in JSON Web Key form (RFC 7517); never a private one. */
export interface PublicJwk {
  readonly kid: string
  readonly kty: 'OKP' | 'EC' | 'RSA'
  readonly alg: 'EdDSA' | 'ES256' | 'RS256'
  readonly [parameter: string]: unknown
}

/** Scopes a token carries when a claim has, or as an array contains, a value. */
export interface ClaimScopes {
  /** Name of the claim; dots lead into objects: `realm_access.roles`. */
  readonly claim: string
  readonly value: string
  readonly scopes: readonly string[]
}

/** An issuer whose tokens this service accepts. */
export interface SnapshotIssuer {
  /** `iss` of its tokens, compared exactly. */
  readonly issuer: string
  /** Short name under which its users appear as callers. */
  readonly name: string
  /** `stepgate`: access tokens of this control plane (RFC 9068, `typ: at+jwt`). `oidc`: users' tokens of an identity provider. */
  readonly kind: 'stepgate' | 'oidc'
  /** `aud` that must be present. */
  readonly audience: string
  /** Claim that carries the scopes, as a space-separated string or an array of strings. */
  readonly scopeClaim: string
  /** Scopes that follow from other claims: a role, a group. */
  readonly claimScopes: readonly ClaimScopes[]
  readonly keys: readonly PublicJwk[]
}

export interface SnapshotEndpoint {
  readonly id: string
  readonly method: string
  /** The route template as the framework matched it, in the spelling `/orders/:orderId`. */
  readonly route: string
  readonly mode: Mode
  /** With `enforce`: the share of callers that is enforced, 1–100. Stable by caller. */
  readonly percent: number
  readonly rule: ParsedRule
}

/** The part of a revision that one service receives. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT
  /** Changes when a database is restored or replaced: revisions of different epochs are not comparable. */
  readonly epoch: string
  readonly revision: number
  readonly environment: string
  readonly service: string
  /** RFC 3339, UTC. */
  readonly publishedAt: string
  /** What a route that is not listed here does. */
  readonly undeclaredMode: Mode
  readonly endpoints: readonly SnapshotEndpoint[]
  readonly issuers: readonly SnapshotIssuer[]
  /** `client_id`s that may no longer call, whatever token they hold. */
  readonly disabledIdentities: readonly string[]
  readonly revokedTokens: readonly { readonly jti: string; readonly expiresAt: number }[]
  /** Devices that were accepted, by caller; only of callers a rule asks it of. */
  readonly knownDevices: readonly { readonly caller: string; readonly devices: readonly string[] }[]
  readonly poll: { readonly waitSeconds: number; readonly intervalSeconds: number }
  readonly report: { readonly intervalSeconds: number; readonly samplesPerSignature: number }
}
