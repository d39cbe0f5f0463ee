import type { KeyObject } from 'node:crypto'
import type { IdentityKind } from '../../policy/vocabulary.ts'

/** An identity as the token endpoint sees it, in all environments. */
export interface Client {
  readonly identityId: string
  readonly clientId: string
  readonly kind: IdentityKind
  readonly credentials: readonly ClientCredential[]
  readonly grants: readonly ClientGrant[]
  readonly settings: readonly ClientSetting[]
}

export type ClientCredential = SecretCredential | KeyCredential

interface CredentialState {
  readonly id: string
  readonly environmentId: string
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}
export interface SecretCredential extends CredentialState {
  readonly kind: 'client-secret'
  readonly secretHash: Uint8Array
}
export interface KeyCredential extends CredentialState {
  readonly kind: 'public-key'
  readonly keyId: string
  readonly algorithm: 'EdDSA' | 'ES256' | 'RS256'
  readonly publicKey: KeyObject
}

export interface ClientGrant {
  readonly environmentId: string
  readonly serviceSlug: string
  readonly scope: string
  readonly tokenLifetimeSeconds: number | null
  readonly expiresAt: Date | null
}

export interface ClientSetting {
  readonly environmentId: string
  /** Lifetime where the identity has none of its own. */
  readonly defaultTokenLifetimeSeconds: number
  readonly tokenLifetimeSeconds: number | null
  readonly disabled: boolean
}
