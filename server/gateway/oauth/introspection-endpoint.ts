import type { IncomingMessage } from 'node:http'
import { findRefreshFamily } from '#lib/control/token/refresh/find-refresh-family.ts'
import { isRefreshToken } from '#lib/control/token/refresh/refresh-token.ts'
import type { AuthenticatedClient } from './authenticate-client.ts'
import { requireToken } from './require-token.ts'
import { parseForm } from './parse-form.ts'
import type { AccessTokenClaims, PresentedTokenReader } from './presented-token.ts'
import { requireClient, type Attempt, type ClientParts } from './require-client.ts'
import { requireEnvironment } from './token-endpoint.ts'

export interface IntrospectionParts extends ClientParts {
  readonly tokens: PresentedTokenReader
}

const INACTIVE = '{"active":false}'

/**
 * `POST /oauth/introspect` (RFC 7662). A client is told about tokens that were issued to it or are for it; of any other it learns no
 * more than of one that does not exist. Answers JSON.
 */
export async function answerIntrospection(
  request: IncomingMessage,
  body: unknown,
  attempt: Attempt,
  parts: IntrospectionParts,
): Promise<string> {
  const form = parseForm(body)
  const token = requireToken(form)
  const certificate = parts.core.readCertificate(request)
  const authenticated = await requireClient(request, form, certificate, attempt, parts)
  if (isRefreshToken(token)) return describeRefreshToken(token, authenticated, parts)
  const trust = requireEnvironment(parts.core, authenticated.credential.environmentId)
  const claims = parts.tokens.read(token, trust, Date.now())
  return claims !== null && isConcerned(claims, authenticated) ? describeAccessToken(claims) : INACTIVE
}

const isConcerned = ({ aud, client_id }: AccessTokenClaims, { client }: AuthenticatedClient): boolean =>
  client_id === client.clientId || (client.kind === 'service' && aud === client.clientId)

/** What is told of a token that counts is the same each time. */
const described = new WeakMap<AccessTokenClaims, string>()

function describeAccessToken(claims: AccessTokenClaims): string {
  const known = described.get(claims)
  if (known !== undefined) return known
  const tokenType = claims.cnf?.jkt === undefined ? 'Bearer' : 'DPoP'
  const description = JSON.stringify({ active: true, token_type: tokenType, ...claims })
  described.set(claims, description)
  return description
}

async function describeRefreshToken(
  token: string,
  { client, credential }: AuthenticatedClient,
  { core }: IntrospectionParts,
): Promise<string> {
  const presented = await findRefreshFamily(core.pool, token)
  if (presented === null || presented.isOver || presented.isUsed) return INACTIVE
  if (presented.identityId !== client.identityId || presented.environmentId !== credential.environmentId)
    return INACTIVE
  const { family, issuedAt, endsAt } = presented
  return JSON.stringify({
    active: true,
    client_id: client.clientId,
    sub: family.subject?.sub ?? client.clientId,
    aud: family.audience,
    scope: family.scopes.join(' '),
    iat: Math.floor(issuedAt.getTime() / 1_000),
    exp: Math.floor(endsAt.getTime() / 1_000),
  })
}
