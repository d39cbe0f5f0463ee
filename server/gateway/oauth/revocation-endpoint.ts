import type { FastifyRequest } from 'fastify'
import type { Actor } from '#lib/control/actor.ts'
import { endRefreshFamily } from '#lib/control/token/refresh/end-refresh-family.ts'
import { findRefreshFamily } from '#lib/control/token/refresh/find-refresh-family.ts'
import { isRefreshToken } from '#lib/control/token/refresh/refresh-token.ts'
import { revokeOwnToken } from '#lib/control/token/revoke-own-token.ts'
import type { AuthenticatedClient } from './authenticate-client.ts'
import type { IntrospectionParts } from './introspection-endpoint.ts'
import { parseForm } from './parse-form.ts'
import { requireClient, type Attempt } from './require-client.ts'
import { requireToken } from './require-token.ts'
import { requireEnvironment } from './token-endpoint.ts'

/**
 * `POST /oauth/revoke` (RFC 7009). A refresh token ends its session; an access token is refused by every service within a poll.
 * Whether something was revoked: the answer is the same for a token that is unknown, over, or another client’s.
 */
export async function answerRevocation(
  request: FastifyRequest,
  attempt: Attempt,
  parts: IntrospectionParts,
): Promise<{ isRevoked: boolean; kind: 'access_token' | 'refresh_token' }> {
  const form = parseForm(request.body)
  const token = requireToken(form)
  const certificate = parts.core.readCertificate(request.raw)
  const authenticated = await requireClient(request.raw, form, certificate, attempt, parts)
  return isRefreshToken(token)
    ? { kind: 'refresh_token', isRevoked: await revokeSession(token, authenticated, request.id, parts) }
    : { kind: 'access_token', isRevoked: await revokeAccessToken(token, authenticated, request.id, parts) }
}

async function revokeSession(
  token: string,
  { client, credential }: AuthenticatedClient,
  requestId: string,
  { core: { context } }: IntrospectionParts,
): Promise<boolean> {
  const presented = await findRefreshFamily(context.pool, token)
  if (presented?.identityId !== client.identityId) return false
  if (presented.environmentId !== credential.environmentId) return false
  const { identityId, clientId } = client
  const actor: Actor = { kind: 'identity', id: identityId, name: clientId, role: 'viewer', accountId: null, requestId }
  const end = { familyId: presented.family.id, because: 'client', reason: '' } as const
  return context.transact((tx) => endRefreshFamily(tx, actor, end))
}

async function revokeAccessToken(
  token: string,
  { client, credential }: AuthenticatedClient,
  requestId: string,
  { core, tokens }: IntrospectionParts,
): Promise<boolean> {
  const trust = requireEnvironment(core, credential.environmentId)
  const claims = tokens.read(token, trust, Date.now())
  if (claims?.client_id !== client.clientId) return false
  const { identityId, clientId } = client
  const expiresAt = new Date(claims.exp * 1_000)
  const own = { environmentSlug: trust.slug, clientId, identityId, tokenId: claims.jti, expiresAt }
  await revokeOwnToken(core.context, own, requestId)
  return true
}
