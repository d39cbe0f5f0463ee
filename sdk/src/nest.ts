/** Guards the routes of a NestJS application, on Express or on Fastify. */
import type { FastifyInstance } from 'fastify'
import { EXPRESS_MIDDLEWARE } from './adapters/express/express-internals.ts'
import { protectExpress, type ExpressApplicationLike } from './express.ts'
import { stepgateFastify } from './fastify.ts'
import { StepgateUsageError } from './errors.ts'
import { engineOf } from './guard/engine.ts'
import type { StepgateDecision } from './guard/request-decision.ts'
import type { Stepgate } from './stepgate.ts'

export type { StepgateDecision }

/** A Nest application, told by its shape. */
export interface NestApplicationLike {
  /** What connects Nest with its platform. */
  getHttpAdapter(): {
    /** `express` or `fastify`. */
    getType(): string
    /** The platform's own application. */
    getInstance(): unknown
  }
}

type Handler = (...parts: never[]) => unknown
type Register = (path: string, middleware: Handler) => unknown

interface NestExpressAdapter {
  createMiddlewareFactory: (method: number) => Register
  setNotFoundHandler: (handler: Handler, ...rest: unknown[]) => unknown
}

const asMiddleware = (handler: Handler): Handler => Object.assign(handler, { [EXPRESS_MIDDLEWARE]: true })

/**
 * `consumer.apply(…)` ends in `app.get` or `app.all`, like a controller, and so does the answer to what has no route below
 * a global prefix: they have to be told from endpoints.
 */
function markMiddleware(adapter: NestExpressAdapter): void {
  const { createMiddlewareFactory, setNotFoundHandler } = adapter
  adapter.createMiddlewareFactory = (method) => {
    const register = createMiddlewareFactory.call(adapter, method)
    return (path, middleware) => register(path, asMiddleware(middleware))
  }
  adapter.setNotFoundHandler = (handler, ...rest) => setNotFoundHandler.call(adapter, asMiddleware(handler), ...rest)
}

const tooLate = (): StepgateUsageError =>
  new StepgateUsageError(
    'registered-too-late',
    'await protectNest right after NestFactory.create(), before app.init() and app.listen(): routes that are there already would not be guarded',
  )

/** The plugin says what is wrong with Fastify, which somebody who writes for Nest does not see. */
async function protectFastify(instance: FastifyInstance, stepgate: Stepgate): Promise<void> {
  try {
    await instance.register(stepgateFastify, { stepgate })
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown }
    throw code === 'registered-too-late' ? tooLate() : error
  }
}

/**
 * Guards every route of the application's controllers. Await it right after `NestFactory.create(…)`: Nest makes its routes
 * when it starts to listen, with their prefix and version. The decision is made where the platform enters the route: after
 * Nest's middleware and before its guards, interceptors and pipes. Handlers find it on the platform's request, as
 * `request.stepgate`. Rejects with `StepgateUsageError` (`registered-too-late`) once the application was initialised.
 *
 * @example
 * const app = await NestFactory.create(AppModule)
 * await protectNest(app, stepgate)
 */
export async function protectNest(app: NestApplicationLike, stepgate: Stepgate): Promise<void> {
  if (typeof (Object(app) as Partial<NestApplicationLike>).getHttpAdapter !== 'function')
    throw new StepgateUsageError('not-an-application', 'protectNest needs what NestFactory.create() answered')
  const adapter = app.getHttpAdapter()
  const platform = adapter.getType()
  const instance = adapter.getInstance()
  const engine = engineOf(stepgate)
  if (platform !== 'express' && platform !== 'fastify')
    throw new StepgateUsageError(
      'framework-unknown',
      `protectNest knows Nest on Express and on Fastify, not on "${platform}"`,
    )
  // Nest's own word for it, which its types hide.
  if ((app as { readonly isInitialized?: boolean }).isInitialized === true) throw tooLate()
  engine.useFramework(`nest on ${platform}`)
  if (platform === 'fastify') return protectFastify(instance as FastifyInstance, stepgate) // by the type the adapter says it has
  protectExpress(instance as ExpressApplicationLike, stepgate) // checks it
  markMiddleware(adapter as unknown as NestExpressAdapter) // by the type the adapter says it has
}
