import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { MACHINE_AUDIENCE } from '#lib/contract/machine.ts'
import { ControlError } from '#lib/control/control-error.ts'
import { decideExchange } from '#lib/control/token/decide-exchange.ts'
import { decideToken } from '#lib/control/token/decide-token.ts'
import { signAccessToken } from '#lib/control/token/sign-access-token.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import type { EnvironmentTrust } from '#lib/control/publication/load-environment-trust.ts'
import type { GatewayCore } from '../gateway-core.ts'
import { isDatabaseUnavailable } from '../http/database-unavailable.ts'
import { readWorkload } from '../machine/instance-headers.ts'
import { authenticateClient, type AuthenticatedClient } from './authenticate-client.ts'
import { createCredentialUseRegister, type CredentialUseRegister } from './credential-use-register.ts'
import { createFailureThrottle, type FailureThrottle } from './failure-throttle.ts'
import { readPresentedCredential } from './presented-credential.ts'
import { describeIssuer, toJwks } from './issuer-metadata.ts'
import { readProvenKey } from './dpop-proof.ts'
import { readSubject } from './subject-token.ts'
import { ACCESS_TOKEN_TYPE, parseTokenRequest } from './token-request.ts'

const FORM_BYTES_MAX = 65_536
const METADATA_SECONDS = 60
const EnvironmentParams = z.object({ environment: z.string() })

export function registerTokenRoutes(app: FastifyInstance, core: GatewayCore): void {
  const uses = createCredentialUseRegister(core.pool, core.logger)
  app.addHook('onClose', () => uses.close())
  void app.register(async (scope) => registerTokenEndpoint(scope, core, uses))
  registerIssuerRoutes(app, core)
}

function registerTokenEndpoint(app: FastifyInstance, core: GatewayCore, uses: CredentialUseRegister): void {
  const throttle = createFailureThrottle()
  const issued = core.metrics.counter('stepgate_tokens_issued_total', 'Access tokens issued.')
  const refused = core.metrics.counter('stepgate_tokens_refused_total', 'Token requests refused, by error.')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_, body, done) => done(null, new URLSearchParams(String(body))),
  )
  app.setErrorHandler((thrown: FastifyError | TokenError, request, reply) => {
    const error = toTokenError(thrown)
    if (error.status >= 500) request.log.error({ err: thrown, route: request.routeOptions.url }, 'the request failed')
    refused.add(1, { error: error.code })
    return sendTokenError(reply, error)
  })
  app.post('/oauth/token', { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
    const wanted = parseTokenRequest(form)
    const { client, credential } = await authenticate(request, reply, form, core, throttle)
    const trust = requireEnvironment(core, credential.environmentId)
    const now = new Date()
    const isKnownService = trust.services.has(wanted.audience)
    const { subjectToken, ...asked } = wanted
    const tokenRequest = { ...asked, environmentId: trust.id, environmentSlug: trust.slug, isKnownService, now }
    const parts = { database: core.context.database, clients: core.clients }
    const subject = subjectToken === null ? null : await readSubject(subjectToken, client, trust, tokenRequest, parts)
    const decision =
      subject === null ? decideToken(client, tokenRequest) : decideExchange(client, subject, tokenRequest)
    if (wanted.audience === MACHINE_AUDIENCE && request.headers['dpop'] !== undefined)
      throw new TokenError('invalid_dpop_proof', `Tokens for ${MACHINE_AUDIENCE} are plain: leave out the DPoP header.`)
    const proof = { pool: core.pool, tokenEndpoint: endpointOf(core) }
    const keyThumbprint = await readProvenKey(request.headers, proof, now)
    uses.used(credential.id, workloadOf(request), core.readAddress(request.raw))
    issued.add(1)
    return reply.header('pragma', 'no-cache').send({
      access_token: signAccessToken(trust, client, decision, now, { subject, keyThumbprint }),
      ...(subject === null ? {} : { issued_token_type: ACCESS_TOKEN_TYPE }),
      token_type: keyThumbprint === null ? 'Bearer' : 'DPoP',
      expires_in: decision.lifetimeSeconds,
      scope: decision.scopes.join(' '),
    })
  })
}

const endpointOf = ({ settings }: GatewayCore): string => `${settings.publicUrl}/oauth/token`

async function authenticate(
  request: FastifyRequest,
  reply: FastifyReply,
  form: URLSearchParams,
  core: GatewayCore,
  throttle: FailureThrottle,
): Promise<AuthenticatedClient> {
  const presented = readPresentedCredential(request.headers.authorization, form)
  const address = core.readAddress(request.raw)
  const seconds = throttle.secondsToWait(presented.clientId, address)
  if (seconds > 0) {
    void reply.header('retry-after', seconds)
    throw new TokenError('slow_down', `Too many failed attempts; try again in ${seconds} seconds.`)
  }
  try {
    return await authenticateClient(presented, { ...core, tokenEndpoint: endpointOf(core) })
  } catch (error) {
    if (error instanceof TokenError) throttle.failed(presented.clientId, address)
    throw error
  }
}

function requireEnvironment({ environments }: GatewayCore, environmentId: string): EnvironmentTrust {
  const trust = environments.findById(environmentId)
  if (!trust)
    throw new TokenError('temporarily_unavailable', 'The environment is not ready yet. Try again in a moment.')
  return trust
}

/** The program that uses the credential, by its own word. */
function workloadOf({ headers }: FastifyRequest): string {
  const named = readWorkload(headers)
  if (named !== '') return named
  return /^[\x21-\x7e]{1,100}/.exec(headers['user-agent'] ?? '')?.[0].split('/')[0] ?? 'unnamed'
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
    cacheable(reply).send(describeIssuer(find(request), settings.publicUrl)),
  )
  app.get('/e/:environment/jwks.json', async (request, reply) =>
    cacheable(reply)
      .type('application/jwk-set+json')
      .send(toJwks(find(request))),
  )
}
