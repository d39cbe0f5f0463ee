import type { CallerKind, Check, Mode, Outcome, Reason, Signal } from '#lib/policy/vocabulary.ts'
import type { RouteResponse } from '#lib/contract/routes.ts'

/** The closed lists, as people read them. Log-only never says "denied": nothing was. */
export const MODE_WORDS: Readonly<Record<Mode, string>> = { off: 'Off', 'log-only': 'Log-only', enforce: 'Enforce' }

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  allowed: 'Allowed',
  'would-deny': 'Would have been denied',
  denied: 'Denied',
}

export const CALLER_KIND_WORDS: Readonly<Record<CallerKind, string>> = {
  service: 'Service',
  integration: 'Integration',
  user: 'User',
  anonymous: 'Anonymous',
}

export type Readiness = RouteResponse<'getEndpoint'>['readiness']
export const READINESS_WORDS: Readonly<Record<Readiness, string>> = {
  ready: 'Ready',
  'not-ready': 'Not ready',
  'not-enough-evidence': 'Not enough evidence',
}

export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  'token-missing': 'No token',
  'token-malformed': 'Malformed token',
  'issuer-untrusted': 'Untrusted issuer',
  'signature-invalid': 'Invalid signature',
  'token-not-yet-valid': 'Token not yet valid',
  'token-expired': 'Expired token',
  'audience-mismatch': 'Token for another service',
  'identity-disabled': 'Identity disabled',
  'token-revoked': 'Token revoked',
  'sender-unproven': 'Sender not proven',
  'scope-missing': 'Missing scope',
  'token-too-old': 'Token too old',
  'sender-mismatch': 'Token not bound to its sender',
  'network-not-allowed': 'Network not allowed',
  'country-not-allowed': 'Country not allowed',
  'device-not-allowed': 'Device not allowed',
  'rate-exceeded': 'Rate exceeded',
  'signal-raised': 'Unusual request',
  'condition-not-met': 'Condition not met',
  'requirement-unknown': 'Requirement this SDK does not know',
  'endpoint-unknown': 'Undeclared endpoint',
}
/** A reason that may come from a newer control plane is shown as it is. */
export const toReasonWords = (reason: string): string =>
  reason in REASON_WORDS ? REASON_WORDS[reason as Reason] : reason // the line's own condition

export const SIGNAL_WORDS: Readonly<Record<Signal, string>> = {
  'device-first-seen': 'Device seen for the first time',
  'endpoint-first-use': 'First use of the endpoint',
  'travel-impossible': 'Impossible travel',
  'credential-concurrent': 'Credential in use elsewhere',
}

/** What raises a signal. */
export const SIGNAL_DETAILS: Readonly<Record<Signal, string>> = {
  'device-first-seen': 'The instance has not seen this caller with this device before.',
  'endpoint-first-use': 'The instance has not seen this caller at this endpoint before.',
  'travel-impossible': 'One token was used in two places further apart than anybody travels in the time between.',
  'credential-concurrent': 'One token, or the credential behind it, is used by two instances at once.',
}

export const CHECK_WORDS: Readonly<Record<Check, string>> = {
  endpoint: 'Endpoint',
  token: 'Token',
  issuer: 'Issuer',
  signature: 'Signature',
  validity: 'Validity',
  audience: 'Audience',
  identity: 'Identity',
  revocation: 'Revocation',
  scopes: 'Scopes',
  'token-age': 'Token age',
  sender: 'Sender',
  network: 'Network',
  country: 'Country',
  device: 'Device',
  rate: 'Rate',
  signals: 'Signals',
  condition: 'Condition',
  requirement: 'Requirement',
}

const number = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
export const toCount = (count: number): string => number.format(count)
/** 12,400 as 12.4K; exact below 10,000. */
export const toShortCount = (count: number): string =>
  Math.abs(count) < 10_000 ? number.format(count) : compact.format(count)
export const toPlural = (count: number, one: string, many = `${one}s`): string =>
  `${number.format(count)} ${count === 1 ? one : many}`
/** A share as percent; what is not nothing never reads as 0 %, what is not all never as 100 %. */
export function toShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %'
  if (part === whole) return '100 %'
  const percent = (part / whole) * 100
  if (percent < 0.1) return '< 0.1 %'
  if (percent > 99.9) return '> 99.9 %'
  return `${percent < 10 ? percent.toFixed(1) : String(Math.min(99, Math.round(percent)))} %`
}
/** 900 as 15 min, 5,400 as 1.5 h. */
export function toDuration(seconds: number): string {
  if (seconds < 60) return `${String(Math.round(seconds))} s`
  if (seconds < 3_600) return `${trimmed(seconds / 60)} min`
  if (seconds < 172_800) return `${trimmed(seconds / 3_600)} h`
  return `${trimmed(seconds / 86_400)} days`
}
const trimmed = (value: number): string => String(Math.round(value * 10) / 10)
