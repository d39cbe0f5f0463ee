import type { FastifyError, FastifyReply } from 'fastify'
import { ControlError } from '#lib/control/control-error.ts'
import { TokenError } from '#lib/control/token/token-error.ts'
import { isDatabaseUnavailable } from '../http/database-unavailable.ts'

export interface TokenErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const TOKEN_ANSWER_TYPE = 'application/json; charset=utf-8'
const UNAVAILABLE_RETRY_AFTER_SECONDS = 2

/** What a thrown thing is told to a client as. What is not ours to tell becomes `server_error`, without its words. */
export function toTokenError(thrown: Partial<FastifyError> | Error): TokenError {
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

/** RFC 6749, section 5.2. */
export const toTokenErrorAnswer = (error: TokenError): TokenErrorAnswer => ({
  status: error.status,
  headers: {
    pragma: 'no-cache',
    'content-type': TOKEN_ANSWER_TYPE,
    ...(error.code === 'invalid_client' ? { 'www-authenticate': 'Basic realm="stepgate", charset="UTF-8"' } : {}),
    ...toRetryAfter(error),
  },
  body: JSON.stringify({ error: error.code, error_description: error.message }),
})

function toRetryAfter({ code, retryAfterSeconds }: TokenError): Record<string, string> {
  const seconds = code === 'temporarily_unavailable' ? UNAVAILABLE_RETRY_AFTER_SECONDS : retryAfterSeconds
  return seconds === null ? {} : { 'retry-after': String(seconds) }
}

export function sendTokenError(reply: FastifyReply, error: TokenError): FastifyReply {
  const { status, headers, body } = toTokenErrorAnswer(error)
  return reply.code(status).headers(headers).send(body)
}
