/** Environments, services, identities, credentials, scopes, grants, issuers, revisions, keys, instances. */
import { z } from 'zod'
import {
  CREDENTIAL_KINDS,
  IDENTITY_KINDS,
  MODES,
  SENDER_CONSTRAINTS,
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
  tokenKeyRotationDays: z.int().nullable(),
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
  tokenKeyRotationDays: z
    .int()
    .min(1)
    .max(730)
    .nullable()
    .optional()
    .describe('Days after which the next key signs tokens; null rotates by hand only.'),
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
export const AllowedCredentialKinds = z
  .array(z.enum(CREDENTIAL_KINDS))
  .min(1, 'must allow at least one kind')
  .refine((kinds) => new Set(kinds).size === kinds.length, 'names a kind twice')
  .describe('What the identity may prove itself with; a credential of another kind is refused.')
export const RequiredSenderConstraint = z
  .enum([...SENDER_CONSTRAINTS, 'any'])
  .describe(
    'What its tokens for services must be bound to (RFC 8705, RFC 9449): `any` is either, `none` allows plain bearer tokens.',
  )
export const RefreshTokenLifetimes = z
  .strictObject({
    seconds: z.int().min(600).max(7_776_000).describe('Seconds after which the session ends for good, 600–7,776,000.'),
    idleSeconds: z.int().min(300).describe('Seconds after which it ends when it is not used, 300 up to `seconds`.'),
  })
  .refine(({ seconds, idleSeconds }) => idleSeconds <= seconds, {
    path: ['idleSeconds'],
    error: 'must not be longer than seconds',
  })

/** An identity as one environment sees it. */
export const IdentityPosture = z.object({
  ...Identity.shape,
  disabled: z.boolean(),
  tokenLifetimeSeconds: z.int().nullable().describe('Its own lifetime; null means the environment decides.'),
  tokenLifetimeReason: z.string().nullable(),
  trialLifetime: z
    .object({ seconds: z.int(), since: Timestamp })
    .nullable()
    .describe('A lifetime that is tried: tokens live as long as before, and uses of older ones count from then on.'),
  credentialKinds: AllowedCredentialKinds,
  senderConstraint: RequiredSenderConstraint,
  refreshTokens: RefreshTokenLifetimes.nullable().describe('Null: it gets no refresh tokens.'),
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
  trialLifetimeSeconds: TokenLifetimeSeconds.nullable()
    .optional()
    .describe('A lifetime to try without shortening any token; null ends the trial.'),
  credentialKinds: AllowedCredentialKinds.optional(),
  senderConstraint: RequiredSenderConstraint.optional(),
  refreshTokens: RefreshTokenLifetimes.nullable().optional(),
  reason: Text.optional().describe('Needed above one hour, and for disabling.'),
})

export const Credential = z.object({
  id: Uuid,
  kind: z.enum(CREDENTIAL_KINDS),
  name: z.string(),
  hint: z
    .string()
    .describe(
      'Last characters of the secret, start of the key id or the certificate’s thumbprint, name in the certificate, or subject at the issuer.',
    ),
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
  networks: z
    .array(
      z.object({
        network: z.string().describe('CIDR: /24 of IPv4, /48 of IPv6.'),
        firstAt: Timestamp,
        lastAt: Timestamp,
        noticedAt: Timestamp.nullable().describe(
          'When it was told as new; null where it was learned in the first day.',
        ),
      }),
    )
    .describe('Where it was used from; the newest first, at most 20.'),
})
const credentialFields = { name: DisplayName, expiresInDays: z.int().min(1).max(730).nullable().default(null) }
/** RFC 8705, section 2.1.2. */
export const CERTIFICATE_NAME_TYPES = ['subject-dn', 'san-dns', 'san-uri', 'san-ip', 'san-email'] as const
export const CredentialCreate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('client-secret'), ...credentialFields }),
  z.strictObject({
    kind: z.literal('public-key'),
    ...credentialFields,
    publicKey: z
      .string()
      .min(40)
      .max(10_000)
      .describe('Public key as SPKI PEM or JWK (EdDSA, ES256, RS256 ≥ 2,048 bits). A private key is refused.'),
  }),
  z
    .strictObject({
      kind: z.literal('client-certificate'),
      ...credentialFields,
      certificate: z
        .string()
        .max(20_000)
        .optional()
        .describe('The very certificate, as PEM: `self_signed_tls_client_auth` (RFC 8705, section 2.2).'),
      subject: z
        .strictObject({ type: z.enum(CERTIFICATE_NAME_TYPES), value: z.string().trim().min(1).max(500) })
        .optional()
        .describe(
          'A name in a certificate that an authority of STEPGATE_CLIENT_CA vouches for: `tls_client_auth` (RFC 8705, section 2.1).',
        ),
    })
    .refine(({ certificate, subject }) => (certificate === undefined) !== (subject === undefined), {
      path: ['certificate'],
      error: 'give either certificate or subject',
    }),
  z.strictObject({
    kind: z.literal('federated-identity'),
    ...credentialFields,
    issuer: Slug.describe('Name of a trusted issuer of workloads.'),
    subject: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe(
        '`sub` of its tokens, exactly: `system:serviceaccount:shop:orders`, `repo:acme/shop:ref:refs/heads/main`.',
      ),
  }),
])
export const LeakedSecretReport = z.strictObject({
  items: z
    .array(
      z.strictObject({
        secret: z.string().min(1).max(500).describe('What was found: `sg_live_…`.'),
        url: z.string().max(500).default('').describe('Where it was found.'),
      }),
    )
    .min(1)
    .max(100),
})
export const LeakedSecretAnswer = z.object({
  items: z
    .array(z.object({ revoked: z.boolean() }))
    .describe('In the order of the report; false for what is no living secret.'),
})

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

export const IssuerPurpose = z
  .enum(['people', 'workloads'])
  .describe(
    '`people`: services accept its tokens. `workloads`: its tokens authenticate identities at the token endpoint (RFC 7523), nowhere else.',
  )
export const Issuer = z.object({
  id: Uuid,
  name: z.string(),
  purpose: IssuerPurpose,
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
  purpose: IssuerPurpose.default('people'),
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

export const IssuerDiscover = z.strictObject({ issuer: HttpUrl, jwksUri: HttpUrl.optional() })
export const IssuerDiscovery = z.object({
  jwksUri: z.string(),
  keys: z.array(z.object({ keyId: z.string(), algorithm: z.string() })).describe('Those that can be verified with.'),
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
  underPresentSecret: z
    .boolean()
    .nullable()
    .describe(
      'Whether its private part is encrypted under the present STEPGATE_SECRET; within a minute the worker does that to those that are not. Null for a revoked key, which stays as it is.',
    ),
  createdAt: Timestamp,
  statusAt: Timestamp,
})
export const SigningKeyRotate = z.strictObject({
  purpose: z.enum(['token', 'snapshot']),
})
export const SigningKeyRevoke = z.strictObject({
  reason: Text.refine((text) => text.length >= 3, 'is needed here: at least 3 characters'),
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
