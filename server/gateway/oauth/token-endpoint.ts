import type { FastifyReply, FastifyRequest } from 'fastify'
import { signAccessToken } from '#lib/control/token/sign-access-token.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import type { GatewayCore } from '../gateway-core.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import { decideGrant } from './grants.ts'
import { parseForm } from './parse-form.ts'
import { endpointsOf, requireClient, type Attempt, type ClientParts } from './require-client.ts'
import { readSenderBinding } from './sender-binding.ts'
import { ACCESS_TOKEN_TYPE, parseTokenRequest, type ParsedTokenRequest } from './token-request.ts'

export interface TokenEndpointParts extends ClientParts {
  readonly nonces: DpopNonces
}

interface IssuedAnswer {
  readonly grant: ParsedTokenRequest['grant']
  /** RFC 6749, section 5.1. */
  readonly body: { readonly access_token: string; readonly expires_in: number }
}

/** `POST /oauth/token` (RFC 6749, section 3.2). */
export async function answerTokenRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  attempt: Attempt,
  parts: TokenEndpointParts,
): Promise<IssuedAnswer> {
  const { core, nonces } = parts
  if (request.headers['dpop'] !== undefined) void reply.header('dpop-nonce', nonces.current(Date.now()))
  const form = parseForm(request.body)
  const wanted = parseTokenRequest(form)
  attempt.audience = wanted.audience ?? ''
  const certificate = core.readCertificate(request.raw)
  const authenticated = await requireClient(request.raw, form, certificate, attempt, parts)
  const trust = requireEnvironment(core, authenticated.credential.environmentId)
  const now = new Date()
  const { decision, subject, takeRefreshToken } = await decideGrant(wanted, authenticated, trust, core, now)
  attempt.audience = decision.audience
  const sender = { authenticated, certificate, audience: decision.audience }
  const proof = { pool: core.pool, nonces, tokenEndpoints: endpointsOf(core) }
  const binding = await readSenderBinding(request.raw, sender, proof, now)
  const refreshToken = await takeRefreshToken()
  const body = {
    access_token: signAccessToken(trust, authenticated.client, decision, now, { subject, binding }),
    ...(wanted.grant === 'token_exchange' ? { issued_token_type: ACCESS_TOKEN_TYPE } : {}),
    token_type: binding.kind === 'dpop' ? 'DPoP' : 'Bearer',
    expires_in: decision.lifetimeSeconds,
    scope: decision.scopes.join(' '),
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
  }
  return { grant: wanted.grant, body }
}

export function requireEnvironment({ environments }: GatewayCore, environmentId: string): EnvironmentTrust {
  const trust = environments.findById(environmentId)
  if (!trust)
    throw new TokenError('temporarily_unavailable', 'The environment is not ready yet. Try again in a moment.')
  return trust
}
