import type { Snapshot, SnapshotIssuer } from '../../../lib/policy/snapshot.ts'
import { toVerificationKey, type VerificationKey } from './verification-key.ts'

export interface TrustedIssuer {
  readonly settings: SnapshotIssuer
  readonly keys: ReadonlyMap<string, VerificationKey>
}

/** Whom a service believes: the part of a snapshot that tokens are verified against, with the keys ready for use. */
export interface Trust {
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  readonly disabledIdentities: ReadonlySet<string>
  readonly revokedTokens: ReadonlySet<string>
  /** `kid`s of keys that could not be used. Tokens signed with them are refused. */
  readonly unusableKeys: readonly string[]
}

export const NO_TRUST: Trust = {
  issuers: new Map(),
  disabledIdentities: new Set(),
  revokedTokens: new Set(),
  unusableKeys: [],
}

function usableKeys(issuer: SnapshotIssuer, unusable: string[]): Map<string, VerificationKey> {
  const keys = new Map<string, VerificationKey>()
  for (const jwk of issuer.keys) {
    const key = toVerificationKey(jwk)
    if (key === null) unusable.push(jwk.kid)
    else keys.set(jwk.kid, key)
  }
  return keys
}

export function toTrust(snapshot: Snapshot): Trust {
  const unusableKeys: string[] = []
  return {
    issuers: new Map(
      snapshot.issuers.map((issuer) => [issuer.issuer, { settings: issuer, keys: usableKeys(issuer, unusableKeys) }]),
    ),
    disabledIdentities: new Set(snapshot.disabledIdentities),
    revokedTokens: new Set(snapshot.revokedTokens.map(({ jti }) => jti)),
    unusableKeys,
  }
}
