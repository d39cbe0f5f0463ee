import type { Snapshot, SnapshotIssuer } from '../../../lib/policy/snapshot.ts'
import { toVerificationKey, type VerificationKey } from './verification-key.ts'

export interface TrustedIssuer {
  readonly settings: SnapshotIssuer
  readonly keys: ReadonlyMap<string, VerificationKey>
}

/** Whom a service believes: the part of a snapshot that tokens are verified against, with the keys ready for use. */
export interface Trust {
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  /** The first of them. */
  readonly first: TrustedIssuer | undefined
  readonly disabledIdentities: ReadonlySet<string>
  readonly revokedTokens: ReadonlySet<string>
  readonly unusableKeys: readonly string[]
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

/** Most tokens are of the issuer that is named first, the control plane: comparing takes less than looking a new text up. */
export function findIssuer({ issuers, first }: Trust, name: string): TrustedIssuer | undefined {
  return first?.settings.issuer === name ? first : issuers.get(name)
}

export function toTrust(snapshot: Snapshot): Trust {
  const unusableKeys: string[] = []
  const issuers = new Map(
    snapshot.issuers.map((issuer) => [issuer.issuer, { settings: issuer, keys: usableKeys(issuer, unusableKeys) }]),
  )
  return {
    issuers,
    first: issuers.values().next().value,
    disabledIdentities: new Set(snapshot.disabledIdentities),
    revokedTokens: new Set(snapshot.revokedTokens.map(({ jti }) => jti)),
    unusableKeys,
  }
}
