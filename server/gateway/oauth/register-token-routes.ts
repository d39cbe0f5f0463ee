import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ControlError } from '#lib/control/control-error.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import { deriveKey, type GatewayCore } from '../gateway-core.ts'
import { isDatabaseUnavailable } from '../http/database-unavailable.ts'
import { createCredentialUseRegister } from './credential-use-register.ts'
import { createDpopNonces } from './dpop-nonces.ts'
import { createFailureThrottle } from './failure-throttle.ts'
import { answerIntrospection } from './introspection-endpoint.ts'
import { describeIssuer, toJwks } from './issuer-metadata.ts'
import { createPresentedTokenReader } from './presented-token.ts'
import { newAttempt, type Attempt } from './require-client.ts'
import { answerRevocation } from './revocation-endpoint.ts'
import { createTokenActivityRegister, type TokenActivityRegister } from './token-activity-register.ts'
import { answerTokenRequest } from './token-endpoint.ts'

const FORM_BYTES_MAX = 65_536
const METADATA_SECONDS = 60
const EnvironmentParams = z.object({ environment: z.string() })

export function registerTokenRoutes(app: FastifyInstance, core: GatewayCore): void {
  void app.register(async (scope) => registerTokenEndpoints(scope, core))
  registerIssuerRoutes(app, core)
}

function registerTokenEndpoints(app: FastifyInstance, core: GatewayCore): void {
  const uses = createCredentialUseRegister(core.pool, core.logger)
  const activity = createTokenActivityRegister(core.pool, core.logger)
  app.addHook('onClose', async () => {
    await Promise.all([uses.close(), activity.close()])
  })
  takeFormsOnly(app)
  answerWithTokenErrors(app, core)
  const parts = {
    ...{ core, uses, throttle: createFailureThrottle() },
    ...{
      tokens: createPresentedTokenReader(),
      nonces: createDpopNonces(deriveKey(core.settings.secret, 'stepgate DPoP nonces v1')),
    },
  }
  const issued = core.metrics.counter('stepgate_tokens_issued_total', 'Access tokens issued.')
  const post = (
    path: string,
    answer: (request: FastifyRequest, reply: FastifyReply, attempt: Attempt) => Promise<object>,
  ) =>
    app.post(path, { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
      const attempt = newAttempt()
      try {
        return await reply.header('pragma', 'no-cache').send(await answer(request, reply, attempt))
      } catch (error) {
        await recordRefusal(error, attempt, core, activity)
        throw error
      }
    })
  post('/oauth/token', async (request, reply, attempt) => {
    const answer = await answerTokenRequest(request, reply, attempt, parts)
    issued.add(1)
    record(activity, attempt, 'issued', answer.grant, answer.body.expires_in)
    return answer.body
  })
  post('/oauth/introspect', (request, reply, attempt) => answerIntrospection(request, reply, attempt, parts))
  post('/oauth/revoke', async (request, reply, attempt) => {
    const { isRevoked, kind } = await answerRevocation(request, reply, attempt, parts)
    if (isRevoked) record(activity, attempt, 'revoked', kind)
    return {}
  })
}

function takeFormsOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_, body, done) => done(null, new URLSearchParams(String(body))),
  )
}

function answerWithTokenErrors(app: FastifyInstance, core: GatewayCore): void {
  const refused = core.metrics.counter('stepgate_tokens_refused_total', 'Token requests refused, by error.')
  app.setErrorHandler((thrown: FastifyError | TokenError, request, reply) => {
    const error = toTokenError(thrown)
    if (error.status >= 500)
      request.log.error({ err: thrown, requestId: request.id, route: request.routeOptions.url }, 'the request failed')
    refused.add(1, { error: error.code })
    return sendTokenError(reply, error)
  })
}

function record(
  activity: TokenActivityRegister,
  { authenticated, audience }: Attempt,
  event: 'issued' | 'revoked' | TokenError['event'],
  detail: string,
  lifetimeSeconds: number | null = null,
): void {
  if (authenticated === null) return
  const { client, credential } = authenticated
  activity.record({
    ...{ environmentId: credential.environmentId, clientId: client.clientId, credentialKind: credential.kind },
    ...{ event, detail, audience, lifetimeSeconds },
  })
}

/** Where nothing was proven, it is told in each environment in which the client has credentials. What nobody is called is not told. */
async function recordRefusal(
  error: unknown,
  attempt: Attempt,
  { clients }: GatewayCore,
  activity: TokenActivityRegister,
): Promise<void> {
  if (!(error instanceof TokenError) || error.status >= 500) return
  // A step on the way to a token: the client asks again at once.
  if (error.code === 'use_dpop_nonce') return
  if (attempt.authenticated !== null) return record(activity, attempt, error.event, error.code)
  const client = attempt.clientId === null ? null : await clients.find(attempt.clientId).catch(() => null)
  const environments = new Set(client?.credentials.map(({ environmentId }) => environmentId))
  for (const environmentId of environments)
    activity.record({
      ...{ environmentId, clientId: client?.clientId ?? '', credentialKind: '', event: error.event },
      ...{ detail: error.code, audience: attempt.audience, lifetimeSeconds: null },
    })
}

function toTokenError(thrown: Partial<FastifyError> | Error): TokenError {
  if (thrown instanceof TokenError) return thrown
  if (thrown instanceof ControlError) return new TokenError('invalid_request', thrown.message)
  if (isDatabaseUnavailable(thrown))
    return new TokenError('temporarily_unavailable', 'The database cannot be reached. Try again in a moment.')
  if ('statusCode' in thrown && thrown.statusCode === 415)
    return new TokenError('invalid_request', 'Send application/x-www-form-urlencoded.')
  if ('statusCode' in thrown && (thrown.statusCode ?? 500) < 500)
    return new TokenError('invalid_request', 'The body cannot be read, or is too large.')
  return new TokenError('server_error', 'Something went wrong here.')
}

function sendTokenError(reply: FastifyReply, error: TokenError): FastifyReply {
  if (error.code === 'invalid_client') void reply.header('www-authenticate', 'Basic realm="stepgate", charset="UTF-8"')
  if (error.code === 'temporarily_unavailable') void reply.header('retry-after', 2)
  return reply
    .code(error.status)
    .header('pragma', 'no-cache')
    .type('application/json')
    .send({ error: error.code, error_description: error.message })
}

function registerIssuerRoutes(app: FastifyInstance, { environments, settings }: GatewayCore): void {
  const find = (request: FastifyRequest): EnvironmentTrust => {
    const trust = environments.findBySlug(EnvironmentParams.parse(request.params).environment)
    if (!trust) throw new ControlError('not-found', 'There is no such environment.')
    return trust
  }
  const cacheable = (reply: FastifyReply): FastifyReply =>
    reply.header('cache-control', `public, max-age=${METADATA_SECONDS}`)
  app.get('/.well-known/oauth-authorization-server/e/:environment', async (request, reply) =>
    cacheable(reply).send(describeIssuer(find(request), settings.publicUrl, settings.tls?.publicUrl ?? null)),
  )
  app.get('/e/:environment/jwks.json', async (request, reply) =>
    cacheable(reply)
      .type('application/jwk-set+json')
      .send(toJwks(find(request))),
  )
}
