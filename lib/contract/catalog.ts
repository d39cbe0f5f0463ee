/** Environments, services, identities, credentials, scopes, grants, issuers, revisions, keys, instances. */
import { z } from 'zod'
import {
  IDENTITY_KINDS,
  MODES,
  SNAPSHOT_STATES,
  TOKEN_LIFETIME_SECONDS_MAX,
  TOKEN_LIFETIME_SECONDS_MIN,
  UNDECLARED_MODES,
} from '../policy/vocabulary.ts'
import { DisplayName, ScopeName, Slug, Text, Timestamp, Uuid, Version } from './primitives.ts'

export const TokenLifetimeSeconds = z
  .int()
  .min(TOKEN_LIFETIME_SECONDS_MIN)
  .max(TOKEN_LIFETIME_SECONDS_MAX)
  .describe('Seconds an access token lives, 30–86,400. The least of identity, scopes and environment counts.')

export const Environment = z.object({
  id: Uuid,
  slug: z.string(),
  name: z.string(),
  revision: z.int(),
  defaultTokenLifetimeSeconds: z.int(),
  issuer: z.string().describe('`iss` of its access tokens.'),
  configKey: z.string().describe('Public key that services pin (STEPGATE_CONFIG_KEY): Ed25519, base64url.'),
  createdAt: Timestamp,
  version: Version,
})
export const EnvironmentCreate = z.strictObject({
  slug: Slug,
  name: DisplayName,
  defaultTokenLifetimeSeconds: TokenLifetimeSeconds.default(900),
})
export const EnvironmentUpdate = z.strictObject({
  name: DisplayName.optional(),
  defaultTokenLifetimeSeconds: TokenLifetimeSeconds.optional(),
})

/** How many endpoints are in which mode. `enforcePartial` counts those with a percent below 100, within `enforce`. */
export const ModeCounts = z.object({
  off: z.int(),
  'log-only': z.int(),
  enforce: z.int(),
  enforcePartial: z.int(),
})
export const OutcomeCounts = z.object({
  allowed: z.int(),
  'would-deny': z.int(),
  denied: z.int(),
  unevaluated: z.int(),
})
/** Live instances and how many of them confirm the published configuration. */
export const InstanceCounts = z.object({ live: z.int(), confirmed: z.int() })

export const Service = z.object({
  id: Uuid,
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  team: z.string(),
  createdAt: Timestamp,
  version: Version,
})
export const ServiceCreate = z.strictObject({
  slug: Slug,
  name: DisplayName,
  description: Text.default(''),
  team: Text.default(''),
})
export const ServiceUpdate = z.strictObject({
  name: DisplayName.optional(),
  description: Text.optional(),
  team: Text.optional(),
})
/** A service as one environment sees it. */
export const ServicePosture = z.object({
  ...Service.shape,
  undeclaredMode: z.enum(UNDECLARED_MODES),
  settingsVersion: z.int().min(0),
  endpoints: ModeCounts,
  instances: InstanceCounts,
  last24Hours: OutcomeCounts,
  revision: z.int().nullable().describe('Revision at which its snapshot last changed.'),
})
export const ServiceSettingUpdate = z.strictObject({
  undeclaredMode: z.enum(UNDECLARED_MODES),
})

export const Identity = z.object({
  id: Uuid,
  clientId: z.string(),
  kind: z.enum(IDENTITY_KINDS),
  name: z.string(),
  description: z.string(),
  serviceSlug: z.string().nullable(),
  createdAt: Timestamp,
  version: Version,
})
/** Integrations only: the identity of a service comes with the service. */
export const IdentityCreate = z.strictObject({
  clientId: Slug,
  name: DisplayName,
  description: Text.default(''),
})
export const IdentityUpdate = z.strictObject({
  name: DisplayName.optional(),
  description: Text.optional(),
})
/** An identity as one environment sees it. */
export const IdentityPosture = z.object({
  ...Identity.shape,
  disabled: z.boolean(),
  tokenLifetimeSeconds: z.int().nullable().describe('Its own lifetime; null means the environment decides.'),
  tokenLifetimeReason: z.string().nullable(),
  settingsVersion: z.int().min(0),
  liveCredentials: z.int(),
  grants: z.int(),
  unusedGrants: z.int().describe('Granted, but no request in the last 30 days needed it.'),
  workloads: z.array(z.string()).describe('Programs seen using its credentials in the last 24 hours.'),
  sharedCredential: z.boolean(),
  lastUsedAt: Timestamp.nullable(),
})
export const IdentitySettingUpdate = z.strictObject({
  disabled: z.boolean().optional(),
  tokenLifetimeSeconds: TokenLifetimeSeconds.nullable().optional(),
  reason: Text.optional().describe('Needed above one hour, and for disabling.'),
})

export const Credential = z.object({
  id: Uuid,
  kind: z.enum(['client-secret', 'public-key']),
  name: z.string(),
  hint: z.string().describe('Last characters of the secret, or start of the key id.'),
  createdAt: Timestamp,
  createdBy: z.string(),
  expiresAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
  state: z.enum(['live', 'expired', 'revoked']),
  uses: z.array(
    z.object({
      workload: z.string(),
      address: z.string(),
      firstAt: Timestamp,
      lastAt: Timestamp,
      count: z.int(),
    }),
  ),
})
export const CredentialCreate = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('client-secret'),
    name: DisplayName,
    expiresInDays: z.int().min(1).max(730).nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('public-key'),
    name: DisplayName,
    expiresInDays: z.int().min(1).max(730).nullable().default(null),
    publicKey: z
      .string()
      .min(40)
      .max(10_000)
      .describe('Public key as SPKI PEM or JWK (EdDSA, ES256, RS256 ≥ 2,048 bits). A private key is refused.'),
  }),
])
/** `secret` and `environmentVariables` are shown once. */
export const CredentialIssued = z.object({
  credential: Credential,
  secret: z.string().nullable(),
  environmentVariables: z.record(z.string(), z.string()).describe('Settings to give the service.'),
})

export const Scope = z.object({
  id: Uuid,
  serviceSlug: z.string(),
  name: z.string(),
  description: z.string(),
  tokenLifetimeSeconds: z.int().nullable(),
  createdAt: Timestamp,
  version: Version,
})
export const ScopeCreate = z.strictObject({
  serviceSlug: Slug,
  name: ScopeName,
  description: Text.default(''),
  tokenLifetimeSeconds: TokenLifetimeSeconds.nullable().default(null),
})
export const ScopeUpdate = z.strictObject({
  description: Text.optional(),
  tokenLifetimeSeconds: TokenLifetimeSeconds.nullable().optional(),
})

export const GrantUse = z
  .enum(['used', 'unused', 'too-new', 'not-known'])
  .describe(
    'Whether a request of the last 30 days needed the scope. too-new: the grant is younger than a day. not-known: an endpoint that needs it is off, so nothing was evaluated there.',
  )
export const Grant = z.object({
  id: Uuid,
  clientId: z.string(),
  identityName: z.string(),
  identityKind: z.enum(IDENTITY_KINDS),
  scopeId: Uuid,
  scope: z.string(),
  serviceSlug: z.string(),
  expiresAt: Timestamp.nullable(),
  note: z.string(),
  createdAt: Timestamp,
  createdBy: z.string(),
  lastNeededAt: Timestamp.nullable(),
  use: GrantUse,
})
export const GrantCreate = z.strictObject({
  clientId: Slug,
  scopeId: Uuid,
  expiresAt: Timestamp.nullable().default(null),
  note: Text.default(''),
})
export const Device = z.object({
  id: Uuid,
  caller: z.string().describe('`client_id`, or `user@<issuer name>` for all people of an issuer.'),
  device: z.string(),
  note: z.string(),
  acceptedAt: Timestamp,
  acceptedBy: z.string(),
})
export const DeviceAccept = z.strictObject({
  caller: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe('As decisions name it: `client_id`, or `user@<issuer name>` for all people of an issuer.'),
  device: z
    .string()
    .trim()
    .regex(/^(?:key|instance|fp):[\w-]{16,64}$/, 'must be the id of a device, as decisions show it')
    .describe('As decisions show it: `key:…` of a proven key, `instance:…` of an installation, `fp:…` of headers.'),
  note: Text.default('').describe('What people call it.'),
})
/** A scope with who holds it in an environment. */
export const ScopePosture = z.object({
  ...Scope.shape,
  endpoints: z.int().describe('Endpoints whose rule needs it.'),
  holders: z.array(Grant),
})

export const ClaimScopes = z
  .strictObject({
    claim: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .describe('Name of the claim; dots lead into objects: `realm_access.roles`.'),
    value: z.string().trim().min(1).max(200).describe('What the claim is, or contains as an array.'),
    scopes: z
      .array(ScopeName)
      .min(1)
      .max(50)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice')
      .describe('Scopes a token carries then.'),
  })
  .describe('Scopes that follow from a claim: a role, a group.')
const ClaimScopesList = z
  .array(ClaimScopes)
  .max(100)
  .refine(
    (list) => new Set(list.map(({ claim, value }) => JSON.stringify([claim, value]))).size === list.length,
    'names a value of a claim twice',
  )

export const Issuer = z.object({
  id: Uuid,
  name: z.string(),
  issuer: z.string(),
  audience: z.string(),
  scopeClaim: z.string(),
  claimScopes: z.array(ClaimScopes),
  jwksUri: z.string(),
  keyCount: z.int(),
  keysRefreshedAt: Timestamp.nullable(),
  refreshError: z.string().nullable(),
  createdAt: Timestamp,
  version: Version,
})
const HttpUrl = z.url({ protocol: /^https?$/ }).max(500)
export const IssuerCreate = z.strictObject({
  name: Slug,
  issuer: HttpUrl.describe('`iss` of its tokens, exactly. https, or http on this machine.'),
  audience: z.string().trim().min(1).max(300),
  scopeClaim: z.string().trim().min(1).max(100).default('scope'),
  claimScopes: ClaimScopesList.default([]),
  jwksUri: HttpUrl.optional().describe('Found through its discovery document when absent.'),
})
export const IssuerUpdate = z.strictObject({
  audience: z.string().trim().min(1).max(300).optional(),
  scopeClaim: z.string().trim().min(1).max(100).optional(),
  claimScopes: ClaimScopesList.optional(),
})

export const Revision = z.object({
  number: z.int(),
  summary: z.string(),
  actorName: z.string(),
  publishedAt: Timestamp,
  changedServices: z.array(z.string()),
  instances: InstanceCounts.nullable().describe('Instances of the changed services; for the newest revision only.'),
})

export const SigningKey = z.object({
  id: Uuid,
  purpose: z.enum(['token', 'snapshot']),
  status: z.enum(['next', 'current', 'previous', 'revoked']),
  keyId: z.string(),
  publicKey: z.string().describe('Ed25519, base64url.'),
  createdAt: Timestamp,
  statusAt: Timestamp,
})
export const SigningKeyRotate = z.strictObject({
  purpose: z.enum(['token', 'snapshot']),
})
export const TokenRevoke = z.strictObject({
  tokenId: z.string().trim().min(8).max(200).describe('`jti`.'),
  reason: Text,
})

export const Instance = z.object({
  id: Uuid,
  serviceSlug: z.string(),
  workload: z.string(),
  hostname: z.string(),
  address: z.string(),
  sdkVersion: z.string(),
  nodeVersion: z.string(),
  framework: z.string(),
  state: z.enum(SNAPSHOT_STATES),
  revision: z.int().nullable(),
  publishedRevision: z.int().nullable(),
  confirmed: z.boolean().describe('Applies the published configuration.'),
  live: z.boolean().describe('Heard of in the last 90 seconds.'),
  startedAt: Timestamp,
  lastSeenAt: Timestamp,
  dropped: z.int(),
})

export const SearchResult = z.object({
  kind: z.enum(['service', 'endpoint', 'identity', 'scope', 'issuer']),
  id: z.string(),
  title: z.string(),
  subtitle: z.string(),
  mode: z.enum(MODES).nullable(),
  path: z.string().describe('Path of its page in the console, without the environment.'),
})
