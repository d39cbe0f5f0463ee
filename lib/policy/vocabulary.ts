/**
 * The closed lists of words every part of Stepgate agrees on. Types, schemas, form options, SQL checks and the
 * middleware's switches are all derived from these literals; add a word here and nowhere else.
 */

/** What an endpoint does with a `deny`: nothing is decided, the denial is only recorded, or the request is refused. */
export const MODES = ['off', 'log-only', 'enforce'] as const
/** What an endpoint does with a `deny`: `off` decides nothing, `log-only` records it, `enforce` refuses the request. */
export type Mode = (typeof MODES)[number]

/** What became of one request. `would-deny` is a denial in log-only, or of a caller outside the enforced percent. */
export const OUTCOMES = ['allowed', 'would-deny', 'denied'] as const
/** What became of one request. `would-deny` is a denial in log-only, or of a caller outside the enforced percent. */
export type Outcome = (typeof OUTCOMES)[number]

/** The evaluator's answer, before the mode is applied. */
export const VERDICTS = ['allow', 'deny'] as const
/** What the rule says, before the mode is applied. */
export type Verdict = (typeof VERDICTS)[number]

/** Who calls. `anonymous` is a request whose caller could not be established from its token. */
export const CALLER_KINDS = ['service', 'integration', 'user', 'anonymous'] as const
/** Who calls. `anonymous` is a request whose caller could not be established from its token. */
export type CallerKind = (typeof CALLER_KINDS)[number]

/** Callers with a `client_id` of this control plane; people and anonymous callers have none. */
export const isIdentityKind = (kind: CallerKind): boolean => kind === 'service' || kind === 'integration'

/** An identity is a caller that has its own OAuth `client_id`. */
export const IDENTITY_KINDS = ['service', 'integration'] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

/** What proves an identity to the token endpoint. */
export const CREDENTIAL_KINDS = ['client-secret', 'public-key', 'client-certificate', 'federated-identity'] as const
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number]

/** What is wrong with the presented token whatever the endpoint requires. In the order in which they are checked. */
export const TOKEN_PROBLEMS = [
  'token-missing',
  'token-malformed',
  'issuer-untrusted',
  'signature-invalid',
  'token-not-yet-valid',
  'token-expired',
  'audience-mismatch',
  'identity-disabled',
  'token-revoked',
  'sender-unproven',
] as const
export type TokenProblem = (typeof TOKEN_PROBLEMS)[number]

/** Why a requirement of the endpoint's rule is not met. */
export const REQUIREMENT_REASONS = [
  'scope-missing',
  'token-too-old',
  'sender-mismatch',
  'network-not-allowed',
  'country-not-allowed',
  'device-not-allowed',
  'rate-exceeded',
  'signal-raised',
  'condition-not-met',
  'requirement-unknown',
] as const
export type RequirementReason = (typeof REQUIREMENT_REASONS)[number]

/** Why a request is refused that no rule was asked about. */
export const ENDPOINT_REASONS = ['endpoint-unknown'] as const
export type EndpointReason = (typeof ENDPOINT_REASONS)[number]

/** Every reason a decision can carry. */
export const REASONS = [...TOKEN_PROBLEMS, ...REQUIREMENT_REASONS, ...ENDPOINT_REASONS] as const
/** Why a request is denied: the first check that fails. */
export type Reason = (typeof REASONS)[number]

/** The checks of one decision, as an explained decision lists them. */
export const CHECKS = [
  'endpoint',
  'token',
  'issuer',
  'signature',
  'validity',
  'audience',
  'identity',
  'revocation',
  'scopes',
  'token-age',
  'sender',
  'network',
  'country',
  'device',
  'rate',
  'signals',
  'condition',
  'requirement',
] as const
/** One of the checks of a decision. */
export type Check = (typeof CHECKS)[number]

/** How a caller proved that the token is its own. `none` is a plain bearer token. */
export const SENDER_CONSTRAINTS = ['none', 'mutual-tls', 'dpop'] as const
/** How a caller proved that the token is its own. `none` is a plain bearer token. */
export type SenderConstraint = (typeof SENDER_CONSTRAINTS)[number]

/**
 * What is known of the device a caller used: nothing that would tell it apart, one that was not accepted for this caller
 * yet, or one that was.
 */
export const DEVICE_STANDINGS = ['none', 'new', 'known'] as const
export type DeviceStanding = (typeof DEVICE_STANDINGS)[number]

/** What is unusual about a request without being wrong. Recorded always; a denial only where a rule says so. */
export const SIGNALS = [
  /** The first request of this caller from this device that the instance has seen. */
  'device-first-seen',
  /** The first request of this caller to this endpoint that the instance has seen. */
  'endpoint-first-use',
  /** Two uses of one token lie further apart than anybody travels in the time between. */
  'travel-impossible',
  /** One token, or the credential behind it, is used by two instances at once. */
  'credential-concurrent',
] as const
/** Something about a request that is worth a second look. */
export type Signal = (typeof SIGNALS)[number]

/** What an instance can look for around a request. What is not recorded of it was not there; of anything else nothing is known. */
// A bundler leaves out a call that is marked so where nobody uses it, and a spread never.
export const OBSERVABLES = /* @__PURE__ */ (() => ['country', 'autonomous-system', 'device', ...SIGNALS] as const)()
export type Observable = (typeof OBSERVABLES)[number]

/** The state of an instance's configuration. */
export const SNAPSHOT_STATES = ['fresh', 'stale', 'static', 'closed'] as const
/** The state of an instance's configuration, see `stepgate.status()`. */
export type SnapshotState = (typeof SNAPSHOT_STATES)[number]

/** HTTP methods an endpoint can have. HEAD is decided as GET, by the endpoint that answers it. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof METHODS)[number]

/** What a route that no endpoint of the snapshot covers does. */
export const UNDECLARED_MODES = ['off', 'log-only', 'enforce'] as const satisfies readonly Mode[]
export type UndeclaredMode = (typeof UNDECLARED_MODES)[number]

/**
 * Inclusive upper edges, in seconds, of the token-age histogram; one more bucket holds everything older. They lie on
 * the lifetimes people choose, so that "who breaks at 5 minutes" is answered exactly.
 */
export const TOKEN_AGE_EDGES_SECONDS = [
  5, 15, 30, 60, 120, 240, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400,
] as const

/** Tolerated difference between clocks, in seconds, both ways (RFC 7519, section 4.1.4). */
export const CLOCK_SKEW_SECONDS = 60

export const TOKEN_LIFETIME_SECONDS_MIN = 30
export const TOKEN_LIFETIME_SECONDS_MAX = 86_400
export const TOKEN_LIFETIME_SECONDS_DEFAULT = 900
/** A lifetime above this needs a written reason. */
export const TOKEN_LIFETIME_SECONDS_UNREMARKABLE = 3_600
