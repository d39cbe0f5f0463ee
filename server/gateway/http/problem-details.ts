import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import { PROBLEMS, problemType, type ProblemCode } from '#lib/contract/problems.ts'
import type { Problem } from '#lib/contract/primitives.ts'
import { ControlError, type FieldError } from '#lib/control/control-error.ts'
import { isDatabaseUnavailable } from './database-unavailable.ts'

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'
const RETRY_AFTER_SECONDS = 2

export function toProblem(
  code: ProblemCode,
  requestId: string,
  detail?: string,
  errors: readonly FieldError[] = [],
): Problem {
  const { status, title } = PROBLEMS[code]
  return {
    type: problemType(code),
    title,
    status,
    code,
    instance: requestId,
    ...(detail !== undefined && detail !== title ? { detail } : {}),
    ...(errors.length > 0 ? { errors: [...errors] } : {}),
  }
}

/** What a thrown thing is told to the caller as. What is not ours to tell becomes `internal-error`, without its words. */
export function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error
  if (error instanceof ZodError) return zodRefusal(error)
  if (isDatabaseUnavailable(error))
    return new ControlError('unavailable', 'The database cannot be reached. Try again in a moment.')
  return (
    frameworkRefusal(error as Partial<FastifyError>) ??
    new ControlError('internal-error', 'The fault is logged under the id of this request.')
  )
}

function zodRefusal(error: ZodError): ControlError {
  const errors = error.issues.map(({ path, message }) => ({ pointer: toPointer(path), detail: message }))
  return new ControlError('invalid-request', undefined, errors)
}

export const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const FRAMEWORK_REFUSALS: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'The body is larger than this route takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json', 'The body is empty.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid-request', 'Content-Length does not agree with the body.'],
  FST_ERR_BAD_URL: ['invalid-request', 'The path has an invalid percent-encoding.'],
  FST_ERR_MAX_PARAM_LENGTH: ['route-not-found', 'A part of the path is too long.'],
}

function frameworkRefusal({ code, statusCode, name }: Partial<FastifyError>): ControlError | null {
  const refusal = FRAMEWORK_REFUSALS[code ?? '']
  if (refusal) return new ControlError(...refusal)
  if (name === 'SyntaxError' && statusCode === 400)
    return new ControlError('malformed-json', 'The body is not valid JSON, or has a member that is not allowed.')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ControlError('invalid-request', STATUS_CODES[statusCode])
  return null
}

export function sendProblem(reply: FastifyReply, error: ControlError): FastifyReply {
  if (error.code === 'unavailable') void reply.header('retry-after', RETRY_AFTER_SECONDS)
  if (error.code === 'unauthenticated' && !reply.hasHeader('www-authenticate'))
    void reply.header('www-authenticate', 'Bearer realm="stepgate"')
  return reply
    .code(error.status)
    .type(PROBLEM_MEDIA_TYPE)
    .send(toProblem(error.code, reply.request.id, error.message, error.errors))
}

/** Every refusal and every fault of the gateway's routes leaves as a problem document (RFC 9457). */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = toControlError(thrown)
    if (error.status >= 500) logFault(request, thrown)
    return sendProblem(reply, error)
  })
}

function logFault(request: FastifyRequest, thrown: unknown): void {
  request.log.error({ err: thrown, requestId: request.id, route: request.routeOptions.url }, 'the request failed')
}
