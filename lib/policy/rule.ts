import type { SenderConstraint, Signal } from './vocabulary.ts'

/** The token carries all of these scopes (`resource:action`), each owned by the endpoint's service. */
export interface ScopesRequirement {
  readonly kind: 'scopes'
  /** All of them are needed; at least one. */
  readonly allOf: readonly string[]
}

/** The token was issued at most so many seconds ago, however long it lives. */
export interface MaxTokenAgeRequirement {
  readonly kind: 'max-token-age'
  /** Seconds since the token was issued. */
  readonly seconds: number
}

/** The caller proves possession of the key the token is bound to (RFC 8705, RFC 9449). */
export interface SenderConstraintRequirement {
  readonly kind: 'sender-constraint'
  /** Ways of proof, any of which will do; at least one. */
  readonly anyOf: readonly Exclude<SenderConstraint, 'none'>[]
}

/** The caller's address lies in one of these networks (CIDR, IPv4 or IPv6). */
export interface NetworkRequirement {
  readonly kind: 'network'
  /** Networks in CIDR notation, any of which will do; at least one. */
  readonly cidrs: readonly string[]
}

/** The caller's address belongs to one of these autonomous systems, by their numbers (RFC 6793). */
export interface AutonomousSystemRequirement {
  readonly kind: 'autonomous-system'
  /** Numbers, any of which will do; at least one. */
  readonly anyOf: readonly number[]
}

/** The caller's address lies in one of these countries (ISO 3166-1 alpha-2, upper case). */
export interface CountryRequirement {
  readonly kind: 'country'
  /** Country codes, any of which will do; at least one. */
  readonly anyOf: readonly string[]
}

/** The caller uses a device that was accepted for it. */
export interface KnownDeviceRequirement {
  readonly kind: 'known-device'
}

/** One caller sends at most so many requests to the endpoint in a sliding window, counted by each instance for itself. */
export interface RateRequirement {
  readonly kind: 'rate'
  /** Requests of one caller within the window. */
  readonly requestsMax: number
  /** Length of the window in seconds. */
  readonly windowSeconds: number
}

/** None of these signals is raised by the request. */
export interface SignalsRequirement {
  readonly kind: 'signals'
  /** Signals, each of which denies; at least one. */
  readonly noneOf: readonly Signal[]
}

/** A condition in the Common Expression Language holds: `params.userId == token.sub`. */
export interface ConditionRequirement {
  readonly kind: 'condition'
  /** The expression; anything but true denies. */
  readonly expression: string
}

/** One requirement of a rule; a request has to meet all of them. */
export type Requirement =
  | ScopesRequirement
  | MaxTokenAgeRequirement
  | SenderConstraintRequirement
  | NetworkRequirement
  | AutonomousSystemRequirement
  | CountryRequirement
  | KnownDeviceRequirement
  | RateRequirement
  | SignalsRequirement
  | ConditionRequirement

export const REQUIREMENT_KINDS = [
  'scopes',
  'max-token-age',
  'sender-constraint',
  'network',
  'autonomous-system',
  'country',
  'known-device',
  'rate',
  'signals',
  'condition',
] as const satisfies readonly Requirement['kind'][]

/**
 * What an endpoint requires. `token` means a valid token for this audience, and each requirement on top of it; `public`
 * means anyone, which has to be said: a rule without requirements still asks for a token.
 */
export interface Rule {
  /** `token`: a valid token is needed; `public`: none is. */
  readonly access: 'token' | 'public'
  /** What is needed besides; all of them. */
  readonly requirements: readonly Requirement[]
}

export const RULE_DEFAULT: Rule = { access: 'token', requirements: [] }

/** A requirement of a kind this version does not know: kept so that it can be refused and reported, never skipped. */
export interface UnknownRequirement {
  readonly kind: 'unknown'
  readonly statedKind: string
}

/** A rule as the middleware holds it. */
export interface ParsedRule {
  readonly access: 'token' | 'public'
  readonly requirements: readonly (Requirement | UnknownRequirement)[]
}
