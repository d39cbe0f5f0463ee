import { FileBadge, FileKey, KeyRound, Network, ShieldCheck, type LucideIcon } from 'lucide-react'
import type { z } from 'zod'
import type { Credential } from '#lib/client/object-types.ts'
import type { CredentialCreate } from '#lib/contract/catalog.ts'

/** What a person chooses between: a certificate is known by itself, or by a name in it. */
export type CredentialVariant =
  'client-secret' | 'public-key' | 'certificate' | 'certificate-name' | 'federated-identity'

interface VariantWords {
  readonly kind: Credential['kind']
  readonly icon: LucideIcon
  /** In the menu. */
  readonly name: string
  readonly title: string
}

export const CREDENTIAL_VARIANTS: Readonly<Record<CredentialVariant, VariantWords>> = {
  'client-secret': { kind: 'client-secret', icon: KeyRound, name: 'Client secret', title: 'Create a client secret' },
  'public-key': { kind: 'public-key', icon: FileKey, name: 'Public key', title: 'Register a public key' },
  certificate: {
    ...{ kind: 'client-certificate', icon: FileBadge },
    ...{ name: 'Client certificate', title: 'Register a client certificate' },
  },
  'certificate-name': {
    ...{ kind: 'client-certificate', icon: ShieldCheck },
    ...{ name: 'Name in a certificate', title: 'Register a name in certificates' },
  },
  'federated-identity': {
    ...{ kind: 'federated-identity', icon: Network },
    ...{ name: 'Workload of another issuer', title: 'Trust a workload of another issuer' },
  },
}

export const KIND_WORDS: Readonly<Record<Credential['kind'], string>> = {
  'client-secret': 'Client secret',
  'public-key': 'Public key',
  'client-certificate': 'Client certificate',
  'federated-identity': 'Federated identity',
}

export const KIND_ICONS: Readonly<Record<Credential['kind'], LucideIcon>> = {
  'client-secret': KeyRound,
  'public-key': FileKey,
  'client-certificate': FileBadge,
  'federated-identity': Network,
}

/** An empty form of a variant. */
export function toDefaultValues(variant: CredentialVariant, name: string): z.input<typeof CredentialCreate> {
  const common = { name, expiresInDays: null }
  switch (variant) {
    case 'client-secret':
      return { kind: 'client-secret', ...common }
    case 'public-key':
      return { kind: 'public-key', ...common, publicKey: '' }
    case 'certificate':
      return { kind: 'client-certificate', ...common, certificate: '' }
    case 'certificate-name':
      return { kind: 'client-certificate', ...common, subject: { type: 'san-dns', value: '' } }
    case 'federated-identity':
      return { kind: 'federated-identity', ...common, issuer: '', subject: '' }
  }
}
