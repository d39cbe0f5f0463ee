import type { CallerSummary } from './summarise-callers.ts'

export interface Fix {
  readonly kind:
    | 'grant-scope'
    | 'request-scope'
    | 'send-token'
    | 'lengthen-max-token-age'
    | 'allow-network'
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
  /** `<client_id> <scope>` of the grants that stand. */
  readonly grants: ReadonlySet<string>
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
  const say = (kind: Fix['kind'], title: string): Fix[] => [{ kind, title, clientId: null, scopeId: null }]
  switch (reason) {
    case 'scope-missing':
      return missingScopes.map((scope) => scopeFix(caller, scope, context))
    case 'token-missing':
      return say(
        'send-token',
        `${caller.name} sends no token: give it an identity, and have it ask for tokens for ${context.serviceSlug}.`,
      )
    case 'audience-mismatch':
      return say(
        'correct-audience',
        `${caller.name} sends a token for another service: have it ask for one with audience ${context.serviceSlug}.`,
      )
    case 'token-expired':
    case 'token-not-yet-valid':
      return say(
        'renew-token',
        `${caller.name} sends tokens outside their validity: have it renew them before expires_in has passed.`,
      )
    case 'token-too-old':
      return say(
        'lengthen-max-token-age',
        `${caller.name} uses older tokens than this rule allows: raise the limit, or have it renew earlier.`,
      )
    case 'identity-disabled':
      return say('enable-identity', `The identity ${caller.name} is disabled.`)
    case 'issuer-untrusted':
      return say('trust-issuer', `${caller.name} sends tokens of an issuer that this environment does not trust.`)
    case 'network-not-allowed':
      return say('allow-network', `${caller.name} calls from an address outside the allowed networks.`)
    default:
      return say('other', `${caller.name} is refused for ${reason}.`)
  }
}

function scopeFix(caller: CallerSummary['caller'], scope: string, { scopeIds, grants }: FixContext): Fix {
  if (caller.kind !== 'service' && caller.kind !== 'integration') {
    return {
      kind: 'other',
      title: `Tokens of ${caller.name} lack ${scope}: have the issuer put it into its scope claim.`,
      clientId: null,
      scopeId: null,
    }
  }
  if (grants.has(`${caller.name} ${scope}`)) {
    return {
      kind: 'request-scope',
      title: `${caller.name} holds ${scope} but its tokens lack it: have it ask for the scope.`,
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
