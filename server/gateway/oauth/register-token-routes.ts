import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ControlError } from '#lib/control/control-error.ts'
import type { TokenError } from '#lib/control/token/token-error.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import type { GatewayCore } from '../gateway-core.ts'
import { answerIntrospection } from './introspection-endpoint.ts'
import { describeIssuer, toJwks } from './issuer-metadata.ts'
import { FORM_BYTES_MAX } from './parse-form.ts'
import { newAttempt, type Attempt } from './require-client.ts'
import { answerRevocation } from './revocation-endpoint.ts'
import { answerTokenRequest } from './token-endpoint.ts'
import { sendTokenError, TOKEN_ANSWER_TYPE } from './token-error-answer.ts'
import { recordActivity, recordRefusal, judgeFailure, type TokenParts } from './token-parts.ts'

const METADATA_SECONDS = 60
const EnvironmentParams = z.object({ environment: z.string() })

export function registerTokenRoutes(app: FastifyInstance, parts: TokenParts): void {
  void app.register(async (scope) => registerTokenEndpoints(scope, parts))
  registerIssuerRoutes(app, parts.core)
}

function registerTokenEndpoints(app: FastifyInstance, parts: TokenParts): void {
  app.addHook('onClose', () => parts.close())
  takeFormsOnly(app)
  answerWithTokenErrors(app, parts)
  const issued = parts.core.metrics.counter('stepgate_tokens_issued_total', 'Access tokens issued.')
  const post = (
    path: string,
    answer: (request: FastifyRequest, reply: FastifyReply, attempt: Attempt) => Promise<object | string>,
  ) =>
    app.post(path, { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
      const attempt = newAttempt()
      try {
        const told = await answer(request, reply, attempt)
        return await reply.header('pragma', 'no-cache').type(TOKEN_ANSWER_TYPE).send(told)
      } catch (error) {
        await recordRefusal(error, attempt, parts)
        throw error
      }
    })
  post('/oauth/token', async (request, reply, attempt) => {
    const answer = await answerTokenRequest(request, reply, attempt, parts)
    issued.add(1)
    recordActivity(parts, attempt, 'issued', answer.grant, answer.body.expires_in)
    return answer.body
  })
  post('/oauth/introspect', ({ raw, body }, _, attempt) => answerIntrospection(raw, body, attempt, parts))
  post('/oauth/revoke', async (request, _, attempt) => {
    const { isRevoked, kind } = await answerRevocation(request, attempt, parts)
    if (isRevoked) recordActivity(parts, attempt, 'revoked', kind)
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

function answerWithTokenErrors(app: FastifyInstance, parts: TokenParts): void {
  app.setErrorHandler((thrown: FastifyError | TokenError, request, reply) =>
    sendTokenError(reply, judgeFailure(thrown, { requestId: request.id, route: request.routeOptions.url }, parts)),
  )
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
