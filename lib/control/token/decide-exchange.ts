import { MACHINE_AUDIENCE } from '../../contract/machine.ts'
import type { Client } from './client.ts'
import { decideToken, liveGrants, type TokenDecision, type TokenRequest } from './decide-token.ts'
import { repeatAudience, repeatScopes } from './repeat-names.ts'
import { TokenError } from './token-error.ts'

/** A chain of those who act, the present one outermost (RFC 8693, section 4.1). */
export interface ActorClaim {
  readonly sub: string
  readonly act?: ActorClaim
}

/** On whose behalf a token is asked for. */
export interface Subject {
  readonly sub: string
  /** Who names the subject, where it is not this control plane (RFC 9493, section 3.2.4). */
  readonly subjectId: { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string } | null
  /** What the subject itself may do at the service the new token is for. */
  readonly scopes: readonly string[]
  readonly act: ActorClaim | null
  readonly issuedAtSeconds: number
  readonly expiresAtSeconds: number
}

const ACTORS_MAX = 4

const countActors = (act: ActorClaim | null | undefined): number => (act ? 1 + countActors(act.act) : 0)

/** No more than subject and actor both may do, and no longer than the subject's token. */
export function decideExchange(actor: Client, subject: Subject, request: TokenRequest): TokenDecision {
  if (actor.kind !== 'service')
    throw new TokenError(
      'unauthorized_client',
      'Only services act on behalf of others; an integration receives no tokens.',
    )
  if (request.audience === MACHINE_AUDIENCE)
    throw new TokenError('invalid_target', `Tokens for ${MACHINE_AUDIENCE} are a service’s own.`)
  if (countActors(subject.act) >= ACTORS_MAX)
    throw new TokenError('invalid_request', `subject_token has passed through ${ACTORS_MAX} services already.`)
  const common = liveGrants(actor, request)
    .map(({ scope }) => scope)
    .filter((scope) => subject.scopes.includes(scope))
  const decision = decideToken(actor, { ...request, scopes: chooseScopes(common, actor, request) })
  const remaining = subject.expiresAtSeconds - Math.floor(request.now.getTime() / 1_000)
  return { ...decision, lifetimeSeconds: Math.min(decision.lifetimeSeconds, remaining) }
}

function chooseScopes(common: readonly string[], actor: Client, { scopes, audience }: TokenRequest): readonly string[] {
  const excess = scopes?.filter((scope) => !common.includes(scope)) ?? []
  if (excess.length > 0)
    throw new TokenError(
      'invalid_scope',
      `${repeatScopes(excess)} of ${repeatAudience(audience)} is not held by both the subject and ${actor.clientId}.`,
    )
  if (common.length === 0)
    throw new TokenError(
      'invalid_scope',
      `The subject and ${actor.clientId} have no scope of ${repeatAudience(audience)} in common.`,
    )
  return scopes ?? common
}
