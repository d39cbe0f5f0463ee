import type { FastifyError } from 'fastify'
import { TokenError } from '#lib/control/token/token-error.ts'
import { deriveKey, type GatewayCore } from '../gateway-core.ts'
import type { Counter } from '../metrics.ts'
import { createCredentialUseRegister, type CredentialUseRegister } from './credential-use-register.ts'
import { createDpopNonces, type DpopNonces } from './dpop-nonces.ts'
import { createFailureThrottle, type FailureThrottle } from './failure-throttle.ts'
import { createPresentedTokenReader, type PresentedTokenReader } from './presented-token.ts'
import type { Attempt } from './require-client.ts'
import { createTokenActivityRegister, type TokenActivityRegister } from './token-activity-register.ts'
import { toTokenError } from './token-error-answer.ts'

/** What the token endpoints share. */
export interface TokenParts {
  readonly core: GatewayCore
  readonly uses: CredentialUseRegister
  readonly activity: TokenActivityRegister
  readonly throttle: FailureThrottle
  readonly tokens: PresentedTokenReader
  readonly nonces: DpopNonces
  readonly refused: Counter
  close(): Promise<void>
}

export function createTokenParts(core: GatewayCore): TokenParts {
  const uses = createCredentialUseRegister(core.pool, core.logger)
  const activity = createTokenActivityRegister(core.pool, core.logger)
  const tokens = createPresentedTokenReader()
  core.metrics.gauge('stepgate_tokens_remembered', 'Access tokens whose signature was verified.', () => tokens.size())
  return {
    ...{ core, uses, activity, throttle: createFailureThrottle(), tokens },
    nonces: createDpopNonces(deriveKey(core.settings.secret, 'stepgate DPoP nonces v1')),
    refused: core.metrics.counter('stepgate_tokens_refused_total', 'Token requests refused, by error.'),
    close: async () => {
      await Promise.all([uses.close(), activity.close()])
    },
  }
}

export function recordActivity(
  { activity }: TokenParts,
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
export async function recordRefusal(error: unknown, attempt: Attempt, parts: TokenParts): Promise<void> {
  if (!(error instanceof TokenError) || error.status >= 500) return
  // A step on the way to a token: the client asks again at once.
  if (error.code === 'use_dpop_nonce') return
  if (attempt.authenticated !== null) return recordActivity(parts, attempt, error.event, error.code)
  const { clients } = parts.core
  const client = attempt.clientId === null ? null : await clients.find(attempt.clientId).catch(() => null)
  const environments = new Set(client?.credentials.map(({ environmentId }) => environmentId))
  for (const environmentId of environments)
    parts.activity.record({
      ...{ environmentId, clientId: client?.clientId ?? '', credentialKind: '', event: error.event },
      ...{ detail: error.code, audience: attempt.audience, lifetimeSeconds: null },
    })
}

/** The refusal that somebody is told; what went wrong here is logged. */
export function judgeFailure(
  thrown: Partial<FastifyError> | Error,
  where: { readonly requestId: string; readonly route: string | undefined },
  { core, refused }: TokenParts,
): TokenError {
  const error = toTokenError(thrown)
  if (error.status >= 500) core.logger.error({ err: thrown, ...where }, 'the request failed')
  refused.add(1, { error: error.code })
  return error
}
