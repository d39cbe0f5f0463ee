import { createPublicKey } from 'node:crypto'
import type { IdentitySetting, Prisma, PrismaClient } from '#lib/store/generated/client.ts'
import type { PublicJwk } from '../../policy/snapshot.ts'
import { CREDENTIAL_KINDS } from '../../policy/vocabulary.ts'
import { toCredentialKind } from '../stored-credential-kind.ts'
import type {
  CertificateCredential,
  CertificateName,
  Client,
  ClientCredential,
  ClientSetting,
  CredentialState,
  KeyCredential,
} from './client.ts'

const CREDENTIAL = {
  id: true,
  environmentId: true,
  kind: true,
  secretHash: true,
  publicJwk: true,
  keyId: true,
  certificateThumbprint: true,
  certificateNameType: true,
  certificateName: true,
  federatedSubject: true,
  federatedIssuer: { select: { issuer: true, audience: true, keys: true, purpose: true } },
  expiresAt: true,
  revokedAt: true,
} as const
const GRANT = {
  environmentId: true,
  expiresAt: true,
  scope: { select: { name: true, tokenLifetimeSeconds: true, service: { select: { slug: true } } } },
} as const

export async function findClient(database: PrismaClient, clientId: string): Promise<Client | null> {
  const identity = await database.identity.findUnique({
    where: { clientId },
    select: {
      id: true,
      clientId: true,
      kind: true,
      credentials: { select: CREDENTIAL },
      grants: { select: GRANT },
      settings: true,
    },
  })
  if (!identity) return null
  const environments = await database.environment.findMany({ select: { id: true, defaultTokenLifetimeSeconds: true } })
  return {
    identityId: identity.id,
    clientId: identity.clientId,
    kind: identity.kind,
    credentials: identity.credentials.map(toCredential).filter((credential) => credential !== null),
    grants: identity.grants.map(({ environmentId, expiresAt, scope }) => ({
      environmentId,
      expiresAt,
      scope: scope.name,
      serviceSlug: scope.service.slug,
      tokenLifetimeSeconds: scope.tokenLifetimeSeconds,
    })),
    settings: environments.map(({ id, defaultTokenLifetimeSeconds }) => ({
      environmentId: id,
      defaultTokenLifetimeSeconds,
      ...toSetting(identity.settings.find(({ environmentId }) => environmentId === id)),
    })),
  }
}

function toSetting(
  row: IdentitySetting | undefined,
): Omit<ClientSetting, 'environmentId' | 'defaultTokenLifetimeSeconds'> {
  const { refreshTokenSeconds: seconds = null, refreshTokenIdleSeconds: idleSeconds = null } = row ?? {}
  return {
    tokenLifetimeSeconds: row?.tokenLifetimeSeconds ?? null,
    disabled: (row?.disabledAt ?? null) !== null,
    credentialKinds: row?.credentialKinds.map(toCredentialKind) ?? CREDENTIAL_KINDS,
    senderConstraint: (row?.senderConstraint ?? 'none') as ClientSetting['senderConstraint'], // checked by the database
    refreshTokens: seconds === null || idleSeconds === null ? null : { seconds, idleSeconds },
  }
}

type CredentialRow = Prisma.CredentialGetPayload<{ select: typeof CREDENTIAL }>

/** Null for a row that no kind fits, which the database does not allow. */
function toCredential(row: CredentialRow): ClientCredential | null {
  const { id, environmentId, expiresAt, revokedAt, secretHash } = row
  const state = { id, environmentId, expiresAt, revokedAt }
  if (secretHash !== null) return { ...state, kind: 'client-secret', secretHash }
  const proof = toKey(row) ?? toCertificate(row) ?? toFederated(row)
  return proof && { ...state, ...proof }
}

function toKey({ publicJwk, keyId }: CredentialRow): Omit<KeyCredential, keyof CredentialState> | null {
  if (publicJwk === null || keyId === null) return null
  const jwk = publicJwk as unknown as PublicJwk // parsed when the credential was created
  return {
    kind: 'public-key',
    keyId,
    algorithm: jwk.alg,
    publicKey: createPublicKey({ key: { ...jwk }, format: 'jwk' }),
  }
}

function toCertificate(row: CredentialRow): Omit<CertificateCredential, keyof CredentialState> | null {
  const { certificateThumbprint: thumbprint, certificateNameType: type, certificateName: value } = row
  if (thumbprint !== null) return { kind: 'client-certificate', thumbprint, name: null }
  if (type === null || value === null) return null
  return { kind: 'client-certificate', thumbprint: null, name: { type: type as CertificateName['type'], value } } // checked by the database
}

function toFederated({ federatedIssuer, federatedSubject }: CredentialRow) {
  if (federatedIssuer?.purpose !== 'workloads' || federatedSubject === null) return null
  const { issuer, audience, keys } = federatedIssuer
  return {
    kind: 'federated-identity' as const,
    issuer,
    audience,
    keys: keys as unknown as PublicJwk[], // parsed by refreshIssuerKeys
    subject: federatedSubject,
  }
}
