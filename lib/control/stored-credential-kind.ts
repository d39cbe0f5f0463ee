import type { CredentialKind as StoredKind } from '#lib/store/generated/enums.ts'
import type { CredentialKind } from '../policy/vocabulary.ts'

const KINDS = {
  client_secret: 'client-secret',
  public_key: 'public-key',
  client_certificate: 'client-certificate',
  federated_identity: 'federated-identity',
} as const satisfies Record<StoredKind, CredentialKind>

/** The store's client spells enum values as identifiers; everything else says `client-secret`. */
export const toCredentialKind = (stored: StoredKind): CredentialKind => KINDS[stored]

export const toStoredCredentialKind = (kind: CredentialKind): StoredKind => kind.replace('-', '_') as StoredKind // the inverse of KINDS
