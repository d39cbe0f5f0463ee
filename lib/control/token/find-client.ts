import { createPublicKey } from 'node:crypto'
import type { Prisma, PrismaClient } from '#lib/store/generated/client.ts'
import type { PublicJwk } from '../../policy/snapshot.ts'
import type { Client, ClientCredential } from './client.ts'

const CREDENTIAL = {
  id: true,
  environmentId: true,
  kind: true,
  secretHash: true,
  publicJwk: true,
  keyId: true,
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
    settings: environments.map(({ id, defaultTokenLifetimeSeconds }) => {
      const setting = identity.settings.find(({ environmentId }) => environmentId === id)
      const { tokenLifetimeSeconds = null, disabledAt = null } = setting ?? {}
      return { environmentId: id, defaultTokenLifetimeSeconds, tokenLifetimeSeconds, disabled: disabledAt !== null }
    }),
  }
}

function toCredential(row: Prisma.CredentialGetPayload<{ select: typeof CREDENTIAL }>): ClientCredential | null {
  const { id, environmentId, expiresAt, revokedAt, secretHash, publicJwk, keyId } = row
  const state = { id, environmentId, expiresAt, revokedAt }
  if (secretHash !== null) return { ...state, kind: 'client-secret', secretHash }
  if (publicJwk === null || keyId === null) return null
  const jwk = publicJwk as unknown as PublicJwk // parsed when the credential was created
  return {
    ...state,
    kind: 'public-key',
    keyId,
    algorithm: jwk.alg,
    publicKey: createPublicKey({ key: { ...jwk }, format: 'jwk' }),
  }
}
