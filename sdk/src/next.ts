/** Guards the route handlers of a Next.js application (App Router, `route.ts`, Node.js runtime). */
import { nextRequestReader } from './adapters/next/next-request-reader.ts'
import { nextTemplate } from './adapters/next/next-template.ts'
import { isBuild, processStepgate } from './adapters/next/process-stepgate.ts'
import { waitForStart } from './adapters/next/wait-for-start.ts'
import { requireEndpoint } from './adapters/require-endpoint.ts'
import { toResponse } from './adapters/to-response.ts'
import { engineOf } from './guard/engine.ts'
import { CLOSED } from './guard/refusal.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Stepgate } from './stepgate.ts'

export type { StepgateDecision }

/** Methods that Next takes handlers for. */
export type NextMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** The parameter of one segment of a path, where it is one. */
type ParamsOfSegment<Segment extends string> = Segment extends `[[...${infer Name}]]`
  ? Readonly<Partial<Record<Name, string[]>>>
  : Segment extends `[...${infer Name}]`
    ? Readonly<Record<Name, string[]>>
    : Segment extends `[${infer Name}]`
      ? Readonly<Record<Name, string>>
      : unknown

/** Parameters of a path: `{ orderId: string }` of `/orders/[orderId]`. */
export type NextParams<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? NextParams<Rest> & ParamsOfSegment<Segment>
  : ParamsOfSegment<Path>

/** What Next hands to a handler beside the request. */
export interface NextContext<Path extends string> {
  /** Parameters of the path, once they are known. */
  readonly params: Promise<NextParams<Path>>
}

/** What a guarded handler gets beside the request. */
export interface GuardedNextContext<Path extends string> extends NextContext<Path> {
  /** What Stepgate decided about this request; null where the endpoint's mode is `off`. */
  readonly stepgate: StepgateDecision | null
}

/** What a handler answers. */
type Answer = Response | Promise<Response>

/** A handler that runs only for requests that may pass. */
export type GuardedNextHandler<Incoming extends Request, Path extends string> = (
  request: Incoming,
  context: GuardedNextContext<Path>,
) => Answer

/** A handler as Next wants it. */
export type NextHandler<Incoming extends Request, Path extends string> = (
  request: Incoming,
  context: NextContext<Path>,
) => Promise<Response>

/** Undefined while the application is built: nothing is decided then. */
const stepgateOf = (stepgate: Stepgate | (() => Stepgate)): Stepgate | undefined => {
  if (typeof stepgate === 'function') return isBuild() ? undefined : processStepgate(stepgate)
  engineOf(stepgate)
  return stepgate
}

function guardHandler<Incoming extends Request, Path extends string>(
  stepgate: Stepgate,
  [method, path]: readonly [string, string],
  handler: GuardedNextHandler<Incoming, Path>,
): NextHandler<Incoming, Path> {
  const engine = engineOf(stepgate)
  engine.useFramework('next')
  const route = engine.routes.register(method, nextTemplate(path))
  return async (request, context) => {
    const params: unknown = await context.params
    await waitForStart(stepgate, route)
    const visit = { request, params: (params ?? {}) as Readonly<Record<string, unknown>> } // a path without any has none
    const answer = engine.guard.check(route, visit, nextRequestReader)
    if (answer !== null && 'refused' in answer) return toResponse(answer)
    return handler(request, { ...context, stepgate: answer })
  }
}

/**
 * Wraps the handlers of one `route.ts`; what it answers is to be exported. A handler runs only when the request may pass,
 * and finds the decision as `stepgate` beside `params`. HEAD is decided as GET, which answers it; OPTIONS that Next answers
 * by itself is left alone.
 *
 * The path is that of the route's folder, `/orders/[orderId]`; it names the endpoint, `/orders/:orderId`, and is not matched
 * against anything. Endpoints appear when Next loads the module. The caller's address is not told by Next: a rule that asks
 * for networks denies. As the first request may load the module, requests wait up to 2 s for the first configuration, and are
 * answered 503 without one. Handlers that Next is told to answer from its cache (`force-static`) cannot be guarded.
 *
 * Throws `StepgateUsageError` for a path that does not begin with a slash and for what is no handler (`endpoint-unusable`).
 * Handed a function instead of a middleware, it is called once for the process, and not during `next build`.
 *
 * @example
 * export const { GET } = protectRoute(createStepgate, '/orders/[orderId]', {
 *   GET: async (request, { params, stepgate }) => Response.json({ … }),
 * })
 */
export function protectRoute<const Path extends string, Method extends NextMethod, Incoming extends Request = Request>(
  stepgate: Stepgate | (() => Stepgate),
  path: Path,
  handlers: Readonly<Record<Method, GuardedNextHandler<Incoming, Path>>>,
): Record<Method, NextHandler<Incoming, Path>> {
  const given: Readonly<Record<string, unknown>> = { ...handlers }
  const methods = Object.keys(given) as Method[]
  for (const method of methods.length === 0 ? ['GET'] : methods) requireEndpoint(method, path, given[method])
  const made = stepgateOf(stepgate)
  const closed = (): Promise<Response> => Promise.resolve(toResponse(CLOSED))
  const guarded = methods.map((method) => [
    method,
    made === undefined ? closed : guardHandler(made, [method, path], handlers[method]),
  ])
  return Object.fromEntries(guarded) as Record<Method, NextHandler<Incoming, Path>> // one for each handler that was given
}
