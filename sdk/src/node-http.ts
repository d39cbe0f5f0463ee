/** Guards the handlers of a service without a framework. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { httpRequestReader } from './adapters/http-request-reader.ts'
import { writeRefusal } from './adapters/write-refusal.ts'
import { engineOf } from './guard/engine.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Stepgate } from './stepgate.ts'

declare module 'node:http' {
  interface IncomingMessage {
    /** What Stepgate decided about this request; absent where the endpoint's mode is `off`. */
    stepgate?: StepgateDecision
  }
}

export type { StepgateDecision }

/**
 * Wraps the handler of one endpoint: it runs only when the request may pass, and finds the decision as `request.stepgate`.
 * Call it once for each route, at the start, and choose the handler as before; the template names the endpoint and is not
 * matched against anything. A handler for GET answers HEAD too.
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
): (request: Request, response: Response, ...rest: Rest) => void {
  const engine = engineOf(stepgate)
  engine.useFramework('node:http')
  const route = engine.routes.register(method, template)
  return (request, response, ...rest) => {
    const answer = engine.guard.check<IncomingMessage>(route, request, httpRequestReader)
    if (answer !== null && 'refused' in answer) {
      writeRefusal(response, answer)
      return
    }
    if (answer !== null) request.stepgate = answer
    // What a handler answers, a promise included, is the caller's as before.
    return handler(request, response, ...rest) as undefined
  }
}
