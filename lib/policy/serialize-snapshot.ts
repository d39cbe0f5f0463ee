import type { ParsedRule, Requirement, UnknownRequirement } from './rule.ts'
import type { PublicJwk, Snapshot, SnapshotEndpoint, SnapshotIssuer } from './snapshot.ts'

function toRequirement(requirement: Requirement | UnknownRequirement): object {
  switch (requirement.kind) {
    case 'scopes':
      return { kind: requirement.kind, allOf: requirement.allOf }
    case 'max-token-age':
      return { kind: requirement.kind, seconds: requirement.seconds }
    case 'sender-constraint':
      return { kind: requirement.kind, anyOf: requirement.anyOf }
    case 'network':
      return { kind: requirement.kind, cidrs: requirement.cidrs }
    case 'autonomous-system':
    case 'country':
      return { kind: requirement.kind, anyOf: requirement.anyOf }
    case 'known-device':
      return { kind: requirement.kind }
    case 'rate':
      return {
        kind: requirement.kind,
        requestsMax: requirement.requestsMax,
        windowSeconds: requirement.windowSeconds,
      }
    case 'signals':
      return { kind: requirement.kind, noneOf: requirement.noneOf }
    case 'condition':
      return { kind: requirement.kind, expression: requirement.expression }
    default:
      return { kind: requirement.statedKind }
  }
}

const toRule = ({ access, requirements }: ParsedRule): object => ({
  access,
  requirements: requirements.map(toRequirement),
})

const toEndpoint = ({ id, method, route, mode, percent, rule }: SnapshotEndpoint): object => ({
  id,
  method,
  route,
  mode,
  percent,
  rule: toRule(rule),
})

/** Only public parameters are written, whatever the caller's key object holds. */
function toKey(key: PublicJwk): object {
  const { kid, kty, alg } = key
  if (kty === 'RSA') return { kid, kty, alg, n: key['n'], e: key['e'] }
  return kty === 'EC'
    ? { kid, kty, alg, crv: key['crv'], x: key['x'], y: key['y'] }
    : { kid, kty, alg, crv: key['crv'], x: key['x'] }
}

const toIssuer = ({ issuer, name, kind, audience, scopeClaim, claimScopes, keys }: SnapshotIssuer): object => ({
  issuer,
  name,
  kind,
  audience,
  scopeClaim,
  claimScopes: claimScopes.map(({ claim, value, scopes }) => ({ claim, value, scopes })),
  keys: keys.map(toKey),
})

/**
 * Writes a snapshot as JSON: always the same text for equal snapshots, whatever the order of their members. The order of
 * lists is kept, so a publisher that wants equal text for equal content sorts them.
 */
export function serializeSnapshot(snapshot: Snapshot): string {
  return JSON.stringify({
    format: snapshot.format,
    epoch: snapshot.epoch,
    revision: snapshot.revision,
    environment: snapshot.environment,
    service: snapshot.service,
    publishedAt: snapshot.publishedAt,
    undeclaredMode: snapshot.undeclaredMode,
    endpoints: snapshot.endpoints.map(toEndpoint),
    issuers: snapshot.issuers.map(toIssuer),
    disabledIdentities: snapshot.disabledIdentities,
    revokedTokens: snapshot.revokedTokens.map(({ jti, expiresAt }) => ({ jti, expiresAt })),
    knownDevices: snapshot.knownDevices.map(({ caller, devices }) => ({ caller, devices })),
    poll: { waitSeconds: snapshot.poll.waitSeconds, intervalSeconds: snapshot.poll.intervalSeconds },
    report: {
      intervalSeconds: snapshot.report.intervalSeconds,
      samplesPerSignature: snapshot.report.samplesPerSignature,
    },
  })
}
