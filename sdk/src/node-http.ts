/** Guards the handlers of a service without a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { httpRequestReader } from './adapters/http-request-reader.ts'
import { requireEndpoint } from './adapters/require-endpoint.ts'
import { writeRefusal, writeRefusalToSocket } from './adapters/write-refusal.ts'
import { StepgateUsageError } from './errors.ts'
import { engineOf } from './guard/engine.ts'
import type { Refusal } from './guard/refusal.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { RequestReader } from './guard/request-reader.ts'
import { requireKnown } from './known-names.ts'
import type { Stepgate } from './stepgate.ts'

declare module 'node:http' {
  interface IncomingMessage {
    /** What Stepgate decided about this request; absent where the endpoint's mode is `off`. */
    stepgate?: StepgateDecision
  }
}

export type { StepgateDecision }

/** Settings of {@link guard}. */
export interface GuardOptions<Request extends IncomingMessage> {
  /** Parameters of the route, decoded, for rules that look at them; by default there are none. */
  readonly params?: (request: Request) => Readonly<Record<string, unknown>>
}

type Check<Request extends IncomingMessage> = (request: Request) => Refusal | null

/** Decides requests of one endpoint, and leaves the decision on the request. */
function checkOf<Request extends IncomingMessage>(
  stepgate: Stepgate,
  [method, template, handler]: readonly [string, string, unknown],
  options: GuardOptions<Request>,
): Check<Request> {
  const engine = engineOf(stepgate)
  requireEndpoint(method, template, handler)
  requireKnown('guard', options, ['params'])
  const { params } = options
  if (params !== undefined && typeof params !== 'function')
    throw new StepgateUsageError('endpoint-unusable', `the params of ${method} ${template} are no function`)
  engine.useFramework('node:http')
  const route = engine.routes.register(method, template)
  const reader: RequestReader<Request> = params === undefined ? httpRequestReader : { ...httpRequestReader, params }
  return (request) => {
    const answer = engine.guard.check(route, request, reader)
    if (answer !== null && 'refused' in answer) return answer
    const told = request as IncomingMessage // what it is besides does not matter
    if (answer !== null) told.stepgate = answer
    else if (told.stepgate !== undefined) delete told.stepgate
    return null
  }
}

/**
 * Wraps the handler of one endpoint: it runs only when the request may pass, and finds the decision as `request.stepgate`.
 * Call it once for each route, at the start, and choose the handler as before; the template names the endpoint and is not
 * matched against anything. A handler for GET answers HEAD too. Throws `StepgateUsageError` for a method that Node.js does not
 * know, a template that does not begin with a slash, and what is no function (`endpoint-unusable`).
 *
 * @example
 * const readOrder = guard(stepgate, 'GET', '/orders/:orderId', (request, response, orderId: string) => { … })
 */
export function guard<
  Request extends IncomingMessage,
  Response extends ServerResponse,
  Rest extends readonly unknown[],
>(
  stepgate: Stepgate,
  method: string,
  template: string,
  handler: (request: Request, response: Response, ...rest: Rest) => unknown,
  options: GuardOptions<Request> = {},
): (request: Request, response: Response, ...rest: Rest) => void {
  const check = checkOf(stepgate, [method, template, handler], options)
  return (request, response, ...rest) => {
    const refusal = check(request)
    if (refusal !== null) {
      writeRefusal(response, refusal)
      return
    }
    // What a handler answers, a promise included, is the caller's as before.
    return handler(request, response, ...rest) as undefined
  }
}

/**
 * Wraps a listener for `upgrade`, for WebSockets of a server that has no framework for them: it runs only when the request
 * may pass; otherwise the refusal is written to the connection, which ends. The endpoint is the template's GET.
 *
 * @example
 * server.on('upgrade', guardUpgrade(stepgate, '/chat', (request, socket, head) => webSockets.handleUpgrade(…)))
 */
export function guardUpgrade<Request extends IncomingMessage, Rest extends readonly unknown[]>(
  stepgate: Stepgate,
  template: string,
  handler: (request: Request, socket: Duplex, head: Buffer, ...rest: Rest) => unknown,
  options: GuardOptions<Request> = {},
): (request: Request, socket: Duplex, head: Buffer, ...rest: Rest) => void {
  const check = checkOf(stepgate, ['GET', template, handler], options)
  return (request, socket, head, ...rest) => {
    const refusal = check(request)
    if (refusal !== null) {
      writeRefusalToSocket(socket, refusal)
      return
    }
    return handler(request, socket, head, ...rest) as undefined
  }
}
