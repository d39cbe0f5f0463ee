import { MACHINE_AUDIENCE, MACHINE_SCOPE } from '../../contract/machine.ts'
import type { Client, ClientGrant } from './client.ts'
import { repeatAudience, repeatScopes } from './repeat-names.ts'
import { TokenError } from './token-error.ts'

export interface TokenRequest {
  readonly environmentId: string
  readonly environmentSlug: string
  /** Slug of the one service the token is for. */
  readonly audience: string
  /** Null: everything that is granted. */
  readonly scopes: readonly string[] | null
  readonly isKnownService: boolean
  readonly now: Date
}

export interface TokenDecision {
  readonly audience: string
  readonly scopes: readonly string[]
  readonly lifetimeSeconds: number
}

/** What the token may say. The requested scopes are granted in full or refused by name, never silently narrowed. */
export function decideToken(client: Client, request: TokenRequest): TokenDecision {
  const decision =
    request.audience === MACHINE_AUDIENCE ? decideMachineToken(client, request) : decideServiceToken(client, request)
  return { audience: request.audience, ...decision }
}

function decideMachineToken(client: Client, request: TokenRequest): Omit<TokenDecision, 'audience'> {
  if (client.kind !== 'service')
    throw new TokenError(
      'invalid_target',
      `Only identities of services get tokens for ${MACHINE_AUDIENCE}; ${client.clientId} is an integration.`,
    )
  const excess = request.scopes?.filter((scope) => scope !== MACHINE_SCOPE) ?? []
  if (excess.length > 0)
    throw new TokenError('invalid_scope', `${MACHINE_AUDIENCE} has the scope ${MACHINE_SCOPE} only.`)
  return { scopes: [MACHINE_SCOPE], lifetimeSeconds: leastLifetime(client, request, []) }
}

function decideServiceToken(client: Client, request: TokenRequest): Omit<TokenDecision, 'audience'> {
  if (!request.isKnownService)
    throw new TokenError('invalid_target', `There is no service ${repeatAudience(request.audience)}.`)
  const granted = liveGrants(client, request)
  if (granted.length === 0)
    throw new TokenError(
      'invalid_scope',
      `${client.clientId} holds no scope of ${request.audience} in ${request.environmentSlug}.`,
    )
  const wanted = request.scopes ?? granted.map(({ scope }) => scope)
  const excess = wanted.filter((scope) => !granted.some((grant) => grant.scope === scope))
  if (excess.length > 0)
    throw new TokenError(
      'invalid_scope',
      `${client.clientId} does not hold ${repeatScopes(excess)} of ${request.audience} in ${request.environmentSlug}.`,
    )
  const chosen = granted.filter(({ scope }) => wanted.includes(scope))
  return {
    scopes: chosen.map(({ scope }) => scope).toSorted(),
    lifetimeSeconds: leastLifetime(client, request, chosen),
  }
}

/** What the client may do at the service the token is for. */
export const liveGrants = (client: Client, { environmentId, audience, now }: TokenRequest): ClientGrant[] =>
  client.grants.filter(
    (grant) =>
      grant.environmentId === environmentId &&
      grant.serviceSlug === audience &&
      (grant.expiresAt === null || grant.expiresAt > now),
  )

/** The identity's lifetime, or the environment's where it has none; shorter where a scope asks for it or a grant ends sooner. */
function leastLifetime(client: Client, { environmentId, now }: TokenRequest, grants: readonly ClientGrant[]): number {
  const setting = client.settings.find((candidate) => candidate.environmentId === environmentId)
  const own = setting?.tokenLifetimeSeconds ?? setting?.defaultTokenLifetimeSeconds ?? 0
  const limits = grants.flatMap(({ tokenLifetimeSeconds, expiresAt }) => [
    ...(tokenLifetimeSeconds === null ? [] : [tokenLifetimeSeconds]),
    ...(expiresAt === null ? [] : [Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000)]),
  ])
  return Math.min(own, ...limits)
}
