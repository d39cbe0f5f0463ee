import { createHash } from 'node:crypto'
import { RULE_DEFAULT, type Rule } from '../../policy/rule.ts'
import { serializeSnapshot } from '../../policy/serialize-snapshot.ts'
import {
  SNAPSHOT_FORMAT,
  type PublicJwk,
  type Snapshot,
  type SnapshotEndpoint,
  type SnapshotIssuer,
} from '../../policy/snapshot.ts'
import type { Mode } from '../../policy/vocabulary.ts'

const POLL = { waitSeconds: 25, intervalSeconds: 5 } as const
const REPORT = { intervalSeconds: 5, samplesPerSignature: 10 } as const

/** Everything one environment's snapshots are made of, as it stands in the database. */
export interface PublicationFacts {
  readonly environment: { readonly epoch: string; readonly slug: string }
  /** `iss` of the environment's own access tokens. */
  readonly issuer: string
  readonly tokenKeys: readonly PublicJwk[]
  readonly services: readonly { readonly id: string; readonly slug: string; readonly undeclaredMode: Mode }[]
  readonly endpoints: readonly PublishedEndpoint[]
  readonly trustedIssuers: readonly Omit<SnapshotIssuer, 'kind'>[]
  readonly disabledIdentities: readonly string[]
  readonly revokedTokens: readonly { readonly jti: string; readonly expiresAt: number }[]
  readonly knownDevices: Snapshot['knownDevices']
}

export interface PublishedEndpoint {
  readonly id: string
  readonly serviceId: string
  readonly method: string
  readonly route: string
  readonly mode: Mode
  readonly percent: number
  readonly rule: Rule | null
}

export interface ServiceContent {
  readonly serviceId: string
  readonly slug: string
  readonly content: Snapshot
  /** SHA-256 of the snapshot without revision and time. */
  readonly contentHash: Buffer
}

/** Every service's snapshot, not yet numbered. */
export function buildSnapshots(facts: PublicationFacts): ServiceContent[] {
  const endpoints = groupByService(facts.endpoints)
  return facts.services.map((service) => {
    const own = (endpoints.get(service.id) ?? []).sort(byRoute)
    const content: Snapshot = {
      format: SNAPSHOT_FORMAT,
      epoch: facts.environment.epoch,
      revision: 0,
      environment: facts.environment.slug,
      service: service.slug,
      publishedAt: '',
      undeclaredMode: service.undeclaredMode,
      endpoints: own,
      issuers: [
        stepgateIssuer(facts, service.slug),
        ...facts.trustedIssuers.map((issuer) => ({ ...issuer, kind: 'oidc' as const })),
      ],
      disabledIdentities: facts.disabledIdentities.toSorted(),
      revokedTokens: facts.revokedTokens.toSorted((a, b) => compare(a.jti, b.jti)),
      knownDevices: own.some(asksForDevice) ? facts.knownDevices : [],
      poll: POLL,
      report: REPORT,
    }
    return { serviceId: service.id, slug: service.slug, content, contentHash: hashOf(content) }
  })
}

/** The exact text that is stored, signed and sent. */
export const numberSnapshot = (content: Snapshot, revision: number, publishedAt: Date): string =>
  serializeSnapshot({ ...content, revision, publishedAt: publishedAt.toISOString() })

const hashOf = (content: Snapshot): Buffer => createHash('sha256').update(serializeSnapshot(content)).digest()

function groupByService(endpoints: readonly PublishedEndpoint[]): Map<string, SnapshotEndpoint[]> {
  const groups = new Map<string, SnapshotEndpoint[]>()
  for (const endpoint of endpoints) {
    const group = groups.get(endpoint.serviceId)
    if (group) group.push(toSnapshotEndpoint(endpoint))
    else groups.set(endpoint.serviceId, [toSnapshotEndpoint(endpoint)])
  }
  return groups
}

function toSnapshotEndpoint({ id, method, route, mode, percent, rule }: PublishedEndpoint): SnapshotEndpoint {
  return { id, method, route, mode, percent: mode === 'enforce' ? percent : 100, rule: rule ?? RULE_DEFAULT }
}

function stepgateIssuer(facts: PublicationFacts, audience: string): SnapshotIssuer {
  const keys = facts.tokenKeys.toSorted((a, b) => compare(a.kid, b.kid))
  return {
    issuer: facts.issuer,
    name: 'stepgate',
    kind: 'stepgate',
    audience,
    scopeClaim: 'scope',
    claimScopes: [],
    keys,
  }
}

/** Devices are told to services that ask for one, and to no others. */
const asksForDevice = ({ rule }: SnapshotEndpoint): boolean =>
  rule.requirements.some(({ kind }) => kind === 'known-device')

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byRoute = (a: SnapshotEndpoint, b: SnapshotEndpoint): number =>
  compare(a.route, b.route) || compare(a.method, b.method)
