import type { ControlContext } from '#lib/control/context.ts'
import { MACHINE_AUDIENCE } from '#lib/contract/machine.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import { decideExchange, type Subject } from '#lib/control/token/decide-exchange.ts'
import { decideToken, liveGrants, type TokenDecision, type TokenRequest } from '#lib/control/token/decide-token.ts'
import { findRefreshFamily } from '#lib/control/token/refresh/find-refresh-family.ts'
import type { RefreshFamily, SessionSubject } from '#lib/control/token/refresh/refresh-family.ts'
import { isRefreshToken } from '#lib/control/token/refresh/refresh-token.ts'
import { startRefreshFamily } from '#lib/control/token/refresh/start-refresh-family.ts'
import { useRefreshToken } from '#lib/control/token/refresh/use-refresh-token.ts'
import { repeatScopes } from '#lib/control/token/repeat-names.ts'
import type { TokenBearing } from '#lib/control/token/sign-access-token.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { AuthenticatedClient } from './authenticate-client.ts'
import type { ClientDirectory } from './client-directory.ts'
import { settingOf } from './sender-binding.ts'
import { readSubject } from './subject-token.ts'
import { OFFLINE_ACCESS, type ParsedTokenRequest } from './token-request.ts'

export interface GrantParts {
  readonly context: ControlContext
  readonly clients: ClientDirectory
}

/** What a request comes to, before anything is written. */
export interface Grant {
  readonly decision: TokenDecision
  readonly subject: TokenBearing['subject']
  /** Writes, and answers the refresh token that goes along; null where none does. */
  readonly takeRefreshToken: () => Promise<string | null>
}

type First = Extract<ParsedTokenRequest, { readonly wantsRefreshToken: boolean }>
type Refresh = Extract<ParsedTokenRequest, { readonly grant: 'refresh_token' }>

export async function decideGrant(
  wanted: ParsedTokenRequest,
  authenticated: AuthenticatedClient,
  trust: EnvironmentTrust,
  parts: GrantParts,
  now: Date,
): Promise<Grant> {
  if (wanted.grant === 'refresh_token') return decideRefresh(wanted, authenticated, trust, parts, now)
  const request = toTokenRequest(wanted, wanted.scopes, trust, now)
  const { client } = authenticated
  if (wanted.grant === 'client_credentials')
    return begin(wanted, authenticated, parts, decideToken(client, request), null)
  const { context, clients } = parts
  const subject = await readSubject(wanted.subjectToken, client, trust, request, {
    database: context.database,
    clients,
  })
  return begin(wanted, authenticated, parts, decideExchange(client, subject, request), subject)
}

const toTokenRequest = (
  { audience }: { readonly audience: string },
  scopes: readonly string[] | null,
  trust: EnvironmentTrust,
  now: Date,
): TokenRequest => ({
  environmentId: trust.id,
  environmentSlug: trust.slug,
  audience,
  scopes,
  isKnownService: trust.services.has(audience),
  now,
})

/** Asks for a session along with the token, where that is wanted and allowed. */
function begin(
  { wantsRefreshToken }: First,
  authenticated: AuthenticatedClient,
  { context }: GrantParts,
  decision: TokenDecision,
  subject: Subject | null,
): Grant {
  if (!wantsRefreshToken) return { decision, subject, takeRefreshToken: () => Promise.resolve(null) }
  const lifetimes = requireRefreshAllowed(authenticated, decision.audience)
  const session = subject === null ? null : toSessionSubject(subject)
  const { client, credential } = authenticated
  const start = {
    ...{ environmentId: credential.environmentId, identityId: client.identityId },
    ...{ audience: decision.audience, scopes: decision.scopes, subject: session, lifetimes },
  }
  return { decision, subject, takeRefreshToken: () => startRefreshFamily(context.pool, start) }
}

function requireRefreshAllowed(authenticated: AuthenticatedClient, audience: string) {
  const { refreshTokens } = settingOf(authenticated)
  if (refreshTokens === null || audience === MACHINE_AUDIENCE)
    throw new TokenError(
      'invalid_scope',
      `${authenticated.client.clientId} gets no refresh tokens: leave out ${OFFLINE_ACCESS}.`,
    )
  return refreshTokens
}

/** A service that acts for another identity asks anew with that one’s next token; only a person’s session goes on. */
function toSessionSubject({ sub, subjectId, scopes, act }: Subject): SessionSubject {
  if (subjectId === null)
    throw new TokenError(
      'invalid_scope',
      `${OFFLINE_ACCESS} is for sessions of people: the subject is another identity.`,
    )
  return { sub, subjectId, scopes, act }
}

async function decideRefresh(
  wanted: Refresh,
  authenticated: AuthenticatedClient,
  trust: EnvironmentTrust,
  parts: GrantParts,
  now: Date,
): Promise<Grant> {
  const family = await getFamily(wanted, authenticated, parts)
  requireRefreshAllowed(authenticated, family.audience)
  const { client } = authenticated
  const request = toTokenRequest(family, null, trust, now)
  const scopes = chooseScopes(
    wanted,
    family,
    liveGrants(client, request).map(({ scope }) => scope),
  )
  const decision =
    family.subject === null
      ? decideToken(client, { ...request, scopes })
      : decideExchange(client, await toSubject(family, family.subject, trust, parts), { ...request, scopes })
  const secondsLeft = Math.floor((family.endsAt.getTime() - now.getTime()) / 1_000)
  return {
    decision: { ...decision, lifetimeSeconds: Math.max(1, Math.min(decision.lifetimeSeconds, secondsLeft)) },
    subject: family.subject,
    takeRefreshToken: () => useOnce(parts.context, wanted.refreshToken),
  }
}

const OVER = 'The refresh token is not known, or its session is over.'

async function getFamily(
  { refreshToken, audience }: Refresh,
  { client, credential }: AuthenticatedClient,
  { context }: GrantParts,
): Promise<RefreshFamily> {
  const presented = isRefreshToken(refreshToken) ? await findRefreshFamily(context.pool, refreshToken) : null
  if (
    presented === null ||
    presented.isOver ||
    presented.identityId !== client.identityId ||
    presented.environmentId !== credential.environmentId
  )
    throw new TokenError('invalid_grant', OVER)
  if (audience !== null && audience !== presented.family.audience)
    throw new TokenError('invalid_target', `The session is for ${presented.family.audience}.`)
  return presented.family
}

/** What is asked for must have been granted at the start and be granted now (RFC 6749, section 6). */
function chooseScopes({ scopes }: Refresh, family: RefreshFamily, granted: readonly string[]): readonly string[] {
  const excess = scopes?.filter((scope) => !family.scopes.includes(scope)) ?? []
  if (excess.length > 0) throw new TokenError('invalid_scope', `The session was begun without ${repeatScopes(excess)}.`)
  const chosen = scopes ?? family.scopes.filter((scope) => granted.includes(scope))
  if (chosen.length === 0)
    throw new TokenError('invalid_scope', 'None of the scopes of the session is granted any more.')
  return chosen
}

async function toSubject(
  { endsAt }: RefreshFamily,
  subject: SessionSubject,
  trust: EnvironmentTrust,
  { context }: GrantParts,
): Promise<Subject> {
  const { iss } = subject.subjectId
  const where = { environmentId: trust.id, purpose: 'people', issuer: iss } as const
  if ((await context.database.issuer.count({ where })) === 0)
    throw new TokenError('invalid_grant', `The issuer ${iss} is trusted no more.`)
  const endsAtSeconds = Math.floor(endsAt.getTime() / 1_000)
  return { ...subject, issuedAtSeconds: 0, expiresAtSeconds: endsAtSeconds }
}

async function useOnce(context: ControlContext, token: string): Promise<string> {
  const use = await useRefreshToken(context, token)
  if (use.outcome === 'refreshed') return use.successor
  if (use.outcome === 'reused')
    throw new TokenError('invalid_grant', 'The refresh token was used before: its session is ended.', 'reused')
  throw new TokenError('invalid_grant', OVER)
}
