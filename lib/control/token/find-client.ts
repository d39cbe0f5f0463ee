import { createPublicKey } from 'node:crypto'
import type pg from 'pg'
import type { PublicJwk } from '../../policy/snapshot.ts'
import { CREDENTIAL_KINDS, type CredentialKind } from '../../policy/vocabulary.ts'
import type {
  CertificateCredential,
  CertificateName,
  Client,
  ClientCredential,
  ClientGrant,
  ClientSetting,
  CredentialState,
  FederatedCredential,
  KeyCredential,
} from './client.ts'

/** Everything in one question: ten thousand identities may ask for tokens in the minute after a publication. */
const CLIENT = `
  SELECT identity.id AS "identityId", identity.client_id AS "clientId", identity.kind,
    (SELECT coalesce(json_agg(json_build_object(
       'id', c.id, 'environmentId', c.environment_id, 'secretHash', encode(c.secret_hash, 'base64'), 'publicJwk', c.public_jwk,
       'keyId', c.key_id, 'thumbprint', c.certificate_thumbprint, 'nameType', c.certificate_name_type, 'name', c.certificate_name,
       'subject', c.federated_subject, 'issuer', i.issuer, 'audience', i.audience, 'keys', i.keys,
       'expiresAt', c.expires_at, 'revokedAt', c.revoked_at)), '[]')
     FROM credential c LEFT JOIN issuer i ON i.id = c.federated_issuer_id AND i.purpose = 'workloads'
     WHERE c.identity_id = identity.id) AS credentials,
    (SELECT coalesce(json_agg(json_build_object(
       'environmentId', g.environment_id, 'serviceSlug', service.slug, 'scope', scope.name,
       'tokenLifetimeSeconds', scope.token_lifetime_seconds, 'expiresAt', g.expires_at)), '[]')
     FROM "grant" g JOIN scope ON scope.id = g.scope_id JOIN service ON service.id = scope.service_id
     WHERE g.identity_id = identity.id) AS grants,
    (SELECT coalesce(json_agg(json_build_object(
       'environmentId', e.id, 'defaultTokenLifetimeSeconds', e.default_token_lifetime_seconds,
       'tokenLifetimeSeconds', s.token_lifetime_seconds, 'disabled', s.disabled_at IS NOT NULL,
       'credentialKinds', s.credential_kinds, 'senderConstraint', coalesce(s.sender_constraint, 'none'),
       'seconds', s.refresh_token_seconds, 'idleSeconds', s.refresh_token_idle_seconds)), '[]')
     FROM environment e LEFT JOIN identity_setting s ON s.environment_id = e.id AND s.identity_id = identity.id) AS settings
  FROM identity WHERE identity.client_id = $1`

interface ClientRow extends Pick<Client, 'identityId' | 'clientId' | 'kind'> {
  readonly credentials: readonly CredentialRow[]
  readonly grants: readonly GrantRow[]
  readonly settings: readonly SettingRow[]
}

type GrantRow = Omit<ClientGrant, 'expiresAt'> & { readonly expiresAt: string | null }

type SettingRow = Omit<ClientSetting, 'credentialKinds' | 'refreshTokens'> & {
  /** Null where nothing is said about the identity. */
  readonly credentialKinds: readonly CredentialKind[] | null
  readonly seconds: number | null
  readonly idleSeconds: number | null
}

/** The columns of each kind are null for the other kinds. */
interface CredentialRow {
  readonly id: string
  readonly environmentId: string
  readonly secretHash: string | null
  readonly publicJwk: PublicJwk | null // parsed when the credential was created
  readonly keyId: string | null
  readonly thumbprint: string | null
  readonly nameType: CertificateName['type'] | null // checked by the database
  readonly name: string | null
  readonly subject: string | null
  readonly issuer: string | null
  readonly audience: string | null
  readonly keys: readonly PublicJwk[] | null // parsed by refreshIssuerKeys
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

export async function findClient(pool: pg.Pool, clientId: string): Promise<Client | null> {
  const { rows } = await pool.query<ClientRow>({ name: 'client', text: CLIENT, values: [clientId] })
  const [row] = rows
  if (row === undefined) return null
  return {
    identityId: row.identityId,
    clientId: row.clientId,
    kind: row.kind,
    credentials: row.credentials.map(toCredential).filter((credential) => credential !== null),
    grants: row.grants.map((grant) => ({ ...grant, expiresAt: toDate(grant.expiresAt) })),
    settings: row.settings.map(toSetting),
  }
}

const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text))

const toSetting = ({ credentialKinds, seconds, idleSeconds, ...setting }: SettingRow): ClientSetting => ({
  ...setting,
  credentialKinds: credentialKinds ?? CREDENTIAL_KINDS,
  refreshTokens: seconds === null || idleSeconds === null ? null : { seconds, idleSeconds },
})

/** Null for a row that no kind fits, such as a workload whose issuer is one of people by now. */
function toCredential(row: CredentialRow): ClientCredential | null {
  const { id, environmentId, secretHash } = row
  const state = { id, environmentId, expiresAt: toDate(row.expiresAt), revokedAt: toDate(row.revokedAt) }
  if (secretHash !== null) return { ...state, kind: 'client-secret', secretHash: Buffer.from(secretHash, 'base64') }
  const proof = toKey(row) ?? toCertificate(row) ?? toFederated(row)
  return proof && { ...state, ...proof }
}

type Proof<Credential> = Omit<Credential, keyof CredentialState> | null

function toKey({ publicJwk: jwk, keyId }: CredentialRow): Proof<KeyCredential> {
  if (jwk === null || keyId === null) return null
  const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return { kind: 'public-key', keyId, algorithm: jwk.alg, publicKey }
}

function toCertificate({ thumbprint, nameType, name }: CredentialRow): Proof<CertificateCredential> {
  if (thumbprint !== null) return { kind: 'client-certificate', thumbprint, name: null }
  if (nameType === null || name === null) return null
  return { kind: 'client-certificate', thumbprint: null, name: { type: nameType, value: name } }
}

function toFederated({ issuer, audience, keys, subject }: CredentialRow): Proof<FederatedCredential> {
  if (issuer === null || audience === null || keys === null || subject === null) return null
  return { kind: 'federated-identity', issuer, audience, keys, subject }
}
