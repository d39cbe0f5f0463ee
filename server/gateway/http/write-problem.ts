import type { ServerResponse } from 'node:http'
import { ControlError } from '#lib/control/control-error.ts'
import { PROBLEM_MEDIA_TYPE, toControlError, toProblem } from './problem-details.ts'

/** The problem document of a request that is answered in front of the framework. */
export function writeProblem(
  response: ServerResponse,
  thrown: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): ControlError {
  const error = toControlError(thrown)
  if (response.headersSent || response.destroyed) return error
  const body = JSON.stringify(toProblem(error.code, requestId, error.message, error.errors))
  response.writeHead(error.status, {
    ...headers,
    ...(error.code === 'unavailable' ? { 'retry-after': '2' } : {}),
    ...(error.code === 'unauthenticated'
      ? { 'www-authenticate': 'Bearer realm="stepgate", error="invalid_token"' }
      : {}),
    ...(error.code === 'method-not-allowed' ? { allow: 'GET, HEAD' } : {}),
    'x-request-id': requestId,
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
  return error
}
