import type { KeyObject } from 'node:crypto'
import type { CERTIFICATE_NAME_TYPES } from '../../contract/catalog.ts'
import type { PublicJwk } from '../../policy/snapshot.ts'
import type { CredentialKind, IdentityKind, SenderConstraint } from '../../policy/vocabulary.ts'

/** An identity as the token endpoint sees it, in all environments. */
export interface Client {
  readonly identityId: string
  readonly clientId: string
  readonly kind: IdentityKind
  readonly credentials: readonly ClientCredential[]
  readonly grants: readonly ClientGrant[]
  readonly settings: readonly ClientSetting[]
}

export type ClientCredential = SecretCredential | KeyCredential | CertificateCredential | FederatedCredential

export interface CredentialState {
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

/** Known by itself, or by a name that an authority vouches for (RFC 8705, section 2). */
export interface CertificateCredential extends CredentialState {
  readonly kind: 'client-certificate'
  readonly thumbprint: string | null
  readonly name: CertificateName | null
}
export interface CertificateName {
  readonly type: (typeof CERTIFICATE_NAME_TYPES)[number]
  readonly value: string
}
/** What another issuer says of a workload (RFC 7523). */
export interface FederatedCredential extends CredentialState {
  readonly kind: 'federated-identity'
  readonly issuer: string
  readonly audience: string
  readonly keys: readonly PublicJwk[]
  readonly subject: string
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
  /** What it may prove itself with. */
  readonly credentialKinds: readonly CredentialKind[]
  /** What its tokens for services must be bound to. */
  readonly senderConstraint: SenderConstraint | 'any'
  /** Null: no refresh tokens. */
  readonly refreshTokens: { readonly seconds: number; readonly idleSeconds: number } | null
}
