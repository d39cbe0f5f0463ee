import { countOf } from './count-of.ts'
import type { CallerSummary } from './summarise-callers.ts'

export interface Fix {
  readonly kind:
    | 'grant-scope'
    | 'request-scope'
    | 'send-token'
    | 'lengthen-max-token-age'
    | 'allow-network'
    | 'allow-country'
    | 'accept-device'
    | 'raise-rate'
    | 'bind-token'
    | 'relax-rule'
    | 'correct-audience'
    | 'renew-token'
    | 'enable-identity'
    | 'trust-issuer'
    | 'other'
  readonly title: string
  readonly clientId: string | null
  readonly scopeId: string | null
}

export interface FixContext {
  readonly serviceSlug: string
  /** Scope name to id, of the endpoint's service. */
  readonly scopeIds: ReadonlyMap<string, string>
  /** When each grant that stands was made, by `<client_id> <scope>`. */
  readonly grants: ReadonlyMap<string, Date>
  /** Seconds that tokens of identities live, by `client_id`. */
  readonly lifetimes: ReadonlyMap<string, number>
  readonly now: Date
}

type Sentence = readonly [kind: Fix['kind'], title: (caller: string, serviceSlug: string) => string]

const SENTENCES: Readonly<Partial<Record<string, Sentence>>> = {
  'token-missing': [
    'send-token',
    (caller, service) => `${caller} sends no token: give it an identity, and have it ask for tokens for ${service}.`,
  ],
  'audience-mismatch': [
    'correct-audience',
    (caller, service) => `${caller} sends a token for another service: have it ask for one with audience ${service}.`,
  ],
  'token-expired': ['renew-token', outsideValidity],
  'token-not-yet-valid': ['renew-token', outsideValidity],
  'token-too-old': [
    'lengthen-max-token-age',
    (caller) => `${caller} uses older tokens than this rule allows: raise the limit, or have it renew earlier.`,
  ],
  'identity-disabled': ['enable-identity', (caller) => `The identity ${caller} is disabled.`],
  'issuer-untrusted': [
    'trust-issuer',
    (caller) => `${caller} sends tokens of an issuer that this environment does not trust.`,
  ],
  'sender-mismatch': ['bind-token', unbound],
  'sender-unproven': ['bind-token', unbound],
  'network-not-allowed': ['allow-network', (caller) => `${caller} calls from an address outside the allowed networks.`],
  'country-not-allowed': [
    'allow-country',
    (caller) => `${caller} calls from a country that is not listed, or not known: list it if it belongs there.`,
  ],
  'device-not-allowed': [
    'accept-device',
    (caller) => `${caller} uses a device nobody accepted: look at it, and accept it if it is its own.`,
  ],
  'rate-exceeded': [
    'raise-rate',
    (caller) => `${caller} sends more requests than the rate allows: raise it, or have it slow down.`,
  ],
  'signal-raised': [
    'relax-rule',
    (caller) => `${caller} raises a signal this rule refuses: find out why, or refuse it no longer.`,
  ],
  'condition-not-met': [
    'relax-rule',
    (caller) => `${caller} sends requests that do not meet the condition of this rule.`,
  ],
}

function outsideValidity(caller: string): string {
  return `${caller} sends tokens outside their validity: have it renew them before expires_in has passed.`
}

function unbound(caller: string): string {
  return `${caller} does not prove that its tokens are its own: have it bind them to a key it holds.`
}

/** What would let the caller through, for each reason it is denied for. */
export function recommendFixes(summary: CallerSummary, context: FixContext): Fix[] {
  return summary.reasons.flatMap(({ reason, missingScopes }) => fixesFor(summary, reason, missingScopes, context))
}

function fixesFor(
  { caller }: CallerSummary,
  reason: string,
  missingScopes: readonly string[],
  context: FixContext,
): Fix[] {
  if (reason === 'scope-missing') return missingScopes.map((scope) => scopeFix(caller, scope, context))
  const [kind, title] = SENTENCES[reason] ?? ['other', () => `${caller.name} is refused for ${reason}.`]
  return [{ kind, title: title(caller.name, context.serviceSlug), clientId: null, scopeId: null }]
}

function scopeFix(caller: CallerSummary['caller'], scope: string, context: FixContext): Fix {
  const { scopeIds, grants } = context
  if (caller.kind !== 'service' && caller.kind !== 'integration') {
    return {
      kind: 'other',
      title: `Tokens of ${caller.name} lack ${scope}: have the issuer put it into its scope claim.`,
      clientId: null,
      scopeId: null,
    }
  }
  const grantedAt = grants.get(`${caller.name} ${scope}`)
  if (grantedAt !== undefined) {
    const minutes = minutesOfOlderTokens(caller.name, grantedAt, context)
    return {
      kind: minutes > 0 ? 'renew-token' : 'request-scope',
      title:
        minutes > 0
          ? `${caller.name} was granted ${scope}: its tokens from before may be used for ${countOf(minutes, 'more minute')}.`
          : `${caller.name} holds ${scope} but its tokens lack it: have it ask for the scope.`,
      clientId: caller.name,
      scopeId: scopeIds.get(scope) ?? null,
    }
  }
  return {
    kind: 'grant-scope',
    title: `Grant ${scope} to ${caller.name}.`,
    clientId: caller.name,
    scopeId: scopeIds.get(scope) ?? null,
  }
}

const MINUTE_MS = 60_000

/** How long tokens may still be alive that were issued before the grant. */
function minutesOfOlderTokens(clientId: string, grantedAt: Date, { lifetimes, now }: FixContext): number {
  const endMs = grantedAt.getTime() + (lifetimes.get(clientId) ?? 0) * 1_000
  return Math.ceil(Math.max(0, endMs - now.getTime()) / MINUTE_MS)
}
