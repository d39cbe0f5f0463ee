import type { Prisma } from '#lib/store/generated/client.ts'
import type { Rule } from '../../policy/rule.ts'
import type { ClaimScopes, PublicJwk, Snapshot } from '../../policy/snapshot.ts'
import { CLOCK_SKEW_SECONDS } from '../../policy/vocabulary.ts'
import { toMode } from '../stored-mode.ts'
import type { PublicationFacts, PublishedEndpoint } from './build-snapshots.ts'
import { issuerUrl } from './issuer-url.ts'

type Tx = Prisma.TransactionClient
interface PublishedEnvironment {
  readonly id: string
  readonly slug: string
  readonly epoch: string
}

export async function loadPublicationFacts(
  tx: Tx,
  environment: PublishedEnvironment,
  now: Date,
): Promise<PublicationFacts> {
  const installation = await tx.installation.findUniqueOrThrow({ where: { id: 1 } })
  return {
    environment,
    issuer: issuerUrl(installation.publicUrl, environment.slug),
    tokenKeys: await loadTokenKeys(tx, environment.id),
    services: await loadServices(tx, environment.id),
    endpoints: await loadEndpoints(tx, environment.id),
    trustedIssuers: await loadTrustedIssuers(tx, environment.id),
    disabledIdentities: await loadDisabledIdentities(tx, environment.id),
    revokedTokens: await loadRevokedTokens(tx, environment.id, now),
    knownDevices: await loadKnownDevices(tx, environment.id),
  }
}

async function loadTokenKeys(tx: Tx, environmentId: string): Promise<PublicJwk[]> {
  const keys = await tx.signingKey.findMany({
    where: { environmentId, purpose: 'token', status: { not: 'revoked' } },
    select: { publicJwk: true },
  })
  return keys.map(({ publicJwk }) => publicJwk as unknown as PublicJwk) // written by createSigningKey only
}

async function loadServices(tx: Tx, environmentId: string): Promise<PublicationFacts['services']> {
  const services = await tx.service.findMany({
    select: { id: true, slug: true, settings: { where: { environmentId }, select: { undeclaredMode: true } } },
    orderBy: { slug: 'asc' },
  })
  return services.map(({ id, slug, settings }) => ({
    id,
    slug,
    undeclaredMode: toMode(settings[0]?.undeclaredMode ?? 'off'),
  }))
}

async function loadEndpoints(tx: Tx, environmentId: string): Promise<PublishedEndpoint[]> {
  const endpoints = await tx.endpoint.findMany({
    where: { environmentId },
    select: { id: true, serviceId: true, method: true, route: true, mode: true, percent: true, rule: true },
  })
  return endpoints.map((endpoint) => ({ ...endpoint, mode: toMode(endpoint.mode), rule: endpoint.rule as Rule | null })) // parsed by the verbs that write it
}

async function loadTrustedIssuers(tx: Tx, environmentId: string): Promise<PublicationFacts['trustedIssuers']> {
  const issuers = await tx.issuer.findMany({
    where: { environmentId, purpose: 'people' },
    select: { issuer: true, name: true, audience: true, scopeClaim: true, claimScopes: true, keys: true },
    orderBy: { name: 'asc' },
  })
  return issuers.map((issuer) => ({
    ...issuer,
    claimScopes: issuer.claimScopes as unknown as ClaimScopes[], // parsed by the verbs that write it
    keys: issuer.keys as unknown as PublicJwk[], // parsed by refreshIssuerKeys
  }))
}

async function loadDisabledIdentities(tx: Tx, environmentId: string): Promise<string[]> {
  const settings = await tx.identitySetting.findMany({
    where: { environmentId, disabledAt: { not: null } },
    select: { identity: { select: { clientId: true } } },
  })
  return settings.map(({ identity }) => identity.clientId)
}

async function loadKnownDevices(tx: Tx, environmentId: string): Promise<Snapshot['knownDevices']> {
  const rows = await tx.knownDevice.findMany({
    where: { environmentId },
    select: { caller: true, device: true },
    orderBy: [{ caller: 'asc' }, { device: 'asc' }],
  })
  return [...Map.groupBy(rows, ({ caller }) => caller)].map(([caller, devices]) => ({
    caller,
    devices: devices.map(({ device }) => device),
  }))
}

async function loadRevokedTokens(tx: Tx, environmentId: string, now: Date): Promise<PublicationFacts['revokedTokens']> {
  const stillAccepted = new Date(now.getTime() - CLOCK_SKEW_SECONDS * 1_000)
  const tokens = await tx.revokedToken.findMany({
    where: { environmentId, expiresAt: { gt: stillAccepted } },
    select: { tokenId: true, expiresAt: true },
  })
  return tokens.map(({ tokenId, expiresAt }) => ({ jti: tokenId, expiresAt: Math.ceil(expiresAt.getTime() / 1_000) }))
}
