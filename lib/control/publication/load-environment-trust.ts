import { createPublicKey, type KeyObject } from 'node:crypto'
import type { PrismaClient } from '#lib/store/generated/client.ts'
import { CLOCK_SKEW_SECONDS } from '../../policy/vocabulary.ts'
import type { KeyCipher } from '../signing-key/key-cipher.ts'
import { loadSigningKeys, type SigningKeys } from '../signing-key/load-signing-keys.ts'
import { issuerUrl } from './issuer-url.ts'

/** What tokens of one environment are made and judged by. */
export interface EnvironmentTrust {
  readonly id: string
  readonly slug: string
  readonly issuer: string
  readonly keys: SigningKeys
  /** By key id. */
  readonly verifyKeys: ReadonlyMap<string, KeyObject>
  readonly disabledIdentities: ReadonlySet<string>
  readonly revokedTokens: ReadonlySet<string>
  /** Ids of services by slug. */
  readonly services: ReadonlyMap<string, string>
  /** Equal while nothing above has changed. */
  readonly fingerprint: string
}

export async function loadEnvironmentTrust(
  database: PrismaClient,
  environmentId: string,
  cipher: KeyCipher,
): Promise<EnvironmentTrust | null> {
  const environment = await database.environment.findUnique({
    where: { id: environmentId },
    select: { id: true, slug: true },
  })
  if (!environment) return null
  const installation = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  const keys = await loadSigningKeys(database, environmentId, cipher)
  const disabled = await database.identitySetting.findMany({
    where: { environmentId, disabledAt: { not: null } },
    select: { identity: { select: { clientId: true } } },
  })
  const revoked = await database.revokedToken.findMany({
    where: { environmentId, expiresAt: { gt: new Date(Date.now() - CLOCK_SKEW_SECONDS * 1_000) } },
    select: { tokenId: true },
  })
  const services = await database.service.findMany({ select: { id: true, slug: true } })
  return toTrust({
    ...environment,
    issuer: issuerUrl(installation.publicUrl, environment.slug),
    keys,
    disabledIdentities: disabled.map(({ identity }) => identity.clientId).sort(),
    revokedTokens: revoked.map(({ tokenId }) => tokenId).sort(),
    services: services.map(({ slug, id }): [string, string] => [slug, id]).sort(),
  })
}

interface TrustRows {
  readonly id: string
  readonly slug: string
  readonly issuer: string
  readonly keys: SigningKeys
  readonly disabledIdentities: readonly string[]
  readonly revokedTokens: readonly string[]
  readonly services: readonly [string, string][]
}

function toTrust(rows: TrustRows): EnvironmentTrust {
  const { keys } = rows
  const keyIds = [
    keys.tokenKey.keyId,
    ...keys.tokenPublicKeys.map(({ kid }) => kid),
    ...keys.snapshotKeys.map(({ keyId }) => keyId),
  ]
  return {
    ...rows,
    verifyKeys: new Map(
      keys.tokenPublicKeys.map((jwk) => [jwk.kid, createPublicKey({ key: { ...jwk }, format: 'jwk' })]),
    ),
    disabledIdentities: new Set(rows.disabledIdentities),
    revokedTokens: new Set(rows.revokedTokens),
    services: new Map(rows.services),
    fingerprint: JSON.stringify([rows.issuer, keyIds, rows.disabledIdentities, rows.revokedTokens, rows.services]),
  }
}
