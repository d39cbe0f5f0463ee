import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { routes, type RouteContract, type RouteName } from '#lib/contract/routes.ts'
import type { ControlContext } from '#lib/control/context.ts'
import { ControlError } from '#lib/control/control-error.ts'
import { readEndpointStates } from '#lib/control/endpoint/read-endpoint-states.ts'
import { parseInput } from '#lib/control/parse-input.ts'
import type { Authentication } from '#lib/control/session/authenticate.ts'
import type { Client } from '#lib/control/session/create-session.ts'
import { TooManyRequestsError } from '#lib/control/session/too-many-requests-error.ts'
import { VersionMismatchError } from '#lib/control/version-mismatch-error.ts'
import { readClientAddressBehind, trustProxies, type ReadClientAddress } from '../http/client-address.ts'
import { hashRequest, idempotently, orFirstAnswer, parseIdempotencyKey } from './idempotency.ts'
import { parseIfMatch, toETag, versionOf } from './if-match.ts'
import type { Implementations, TextStream } from './implementation.ts'
import { createOpenApiText } from './openapi-document.ts'
import { requireStorable, takeJsonBody } from './parse-json-body.ts'
import { authenticateRequest } from './request-authentication.ts'
import { catalogRoutes } from './routes/catalog-routes.ts'
import { endpointRoutes } from './routes/endpoint-routes.ts'
import { peopleRoutes } from './routes/people-routes.ts'
import { readingRoutes } from './routes/reading-routes.ts'
import { tokenRoutes } from './routes/token-routes.ts'

const BASE = '/api/v1'
const BODY_BYTES_MAX = 1_048_576
/** A document of 2,000,000 characters, escaped. */
const IMPORT_BODY_BYTES_MAX = 8 * 1_048_576
/** The console calls for people from this machine, and says for whom. */
const CONSOLE_NETWORKS = ['127.0.0.0/8', '::1/128']

export const implementations: Implementations = {
  ...peopleRoutes,
  ...catalogRoutes,
  ...endpointRoutes,
  ...readingRoutes,
  ...tokenRoutes,
}

export interface ManagementOptions {
  readonly context: ControlContext
  readonly settings: { readonly publicUrl: string; readonly trustedProxies: readonly string[] }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on the routes of the management API before the body is read; null on those for anyone. */
    authentication: Authentication | null
  }
}

/** Every route of the contract, below `/api/v1`. */
export function registerManagementRoutes(app: FastifyInstance, { context, settings }: ManagementOptions): void {
  const readAddress = readClientAddressBehind(trustProxies([...settings.trustedProxies, ...CONSOLE_NETWORKS]))
  takeJsonBody(app)
  app.decorateRequest('authentication', null)
  addProblemHeaders(app)
  for (const name of Object.keys(routes) as RouteName[]) registerRoute(app, name, context, readAddress)
  // The first person to open a list should not be the one who waits for a week of decisions.
  app.addHook('onListen', () => void warmLists(context))
  const openApiText = createOpenApiText(settings.publicUrl)
  app.get(`${BASE}/openapi.json`, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(openApiText()),
  )
}

async function warmLists(context: ControlContext): Promise<void> {
  try {
    const environments = await context.database.environment.findMany({
      select: { id: true, revision: true },
      orderBy: { position: 'asc' },
    })
    for (const environment of environments) await readEndpointStates(context, environment)
  } catch {
    // Whoever asks next loads it, and hears of what is wrong.
  }
}

function registerRoute(
  app: FastifyInstance,
  name: RouteName,
  context: ControlContext,
  readAddress: ReadClientAddress,
): void {
  const route: RouteContract = routes[name]
  const implement = implementations[name] as (call: unknown) => Promise<unknown> // the map's type ties each name to its own call
  if (typeof implement !== 'function') throw new Error(`The route ${name} has no implementation.`)
  app.route({
    method: route.method,
    url: BASE + route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    bodyLimit: name === 'importOpenApi' ? IMPORT_BODY_BYTES_MAX : BODY_BYTES_MAX,
    // Before the body is read: nobody unknown makes the gateway read one.
    onRequest: async (request) => {
      request.authentication = await authenticateRequest(context, request, route.access)
    },
    handler: async (request, reply) => {
      const call = parseCall(route, request, context, readAddress)
      const answer = await answerOnce(name, route, request, call, implement)
      return send(reply, route, answer)
    },
  })
}

interface ParsedCall {
  readonly ctx: ControlContext
  readonly client: Client
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly version: number | undefined
  readonly authentication: Authentication | null
  readonly actor: Authentication['actor'] | null
}

function parseCall(
  route: RouteContract,
  request: FastifyRequest,
  ctx: ControlContext,
  readAddress: ReadClientAddress,
): ParsedCall {
  const isVersioned = route.ifMatch && route.method !== 'GET'
  return {
    ctx,
    client: {
      address: readAddress(request.raw),
      userAgent: request.headers['user-agent'] ?? '',
      requestId: request.id,
    },
    params: parseInput(route.params, toPlain(request.params, 'path'), 'path'),
    query: parseInput(route.query, toPlain(request.query, 'query'), 'query'),
    body: parseBody(route, request.body),
    version: isVersioned ? parseIfMatch(request.headers['if-match']) : undefined,
    authentication: request.authentication,
    actor: request.authentication?.actor ?? null,
  }
}

/** The query parser's object has no prototype, so that `__proto__` is a name like any other in it: refused by name here. */
function toPlain(values: unknown, place: 'query' | 'path'): Record<string, unknown> {
  const entries = Object.entries(values as Record<string, unknown>) // both are made by the router
  for (const [name, value] of entries) {
    if (name === '__proto__')
      throw new ControlError('invalid-request', `${place}/__proto__: is not a known field.`, [
        { pointer: `${place}/__proto__`, detail: 'is not a known field' },
      ])
    if (typeof value === 'string') requireStorable(value, `${place}/${name}`)
  }
  return Object.fromEntries(entries)
}

function parseBody({ body: schema }: RouteContract, body: unknown): unknown {
  if (schema !== null) return parseInput(schema, body)
  const isEmpty = body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
  if (!isEmpty)
    throw new ControlError('invalid-request', 'This route takes no body.', [{ pointer: '', detail: 'must be absent' }])
  return undefined
}

/** With an Idempotency-Key the work is done once, and its answer given as often as it is asked for. */
function answerOnce(
  name: RouteName,
  route: RouteContract,
  request: FastifyRequest,
  call: ParsedCall,
  implement: (call: unknown) => Promise<unknown>,
): Promise<unknown> {
  const key = route.idempotent ? parseIdempotencyKey(request.headers['idempotency-key']) : undefined
  if (key === undefined || call.actor === null) return implement(call)
  const hash = hashRequest(name, call.params, call.query, call.body)
  const transact = idempotently(call.ctx.transact, { actor: call.actor, key, hash, status: route.status })
  return orFirstAnswer(() => implement({ ...call, ctx: { ...call.ctx, transact } }))
}

function send(reply: FastifyReply, route: RouteContract, answer: unknown): FastifyReply {
  if (isTextStream(answer)) {
    return reply
      .type(answer.mediaType)
      .header('content-disposition', `attachment; filename="${answer.fileName}"`)
      .send(Readable.from(answer.chunks))
  }
  const version = versionOf(answer, route.path)
  if (version !== undefined) void reply.header('etag', toETag(version))
  return reply.code(route.status).send(answer)
}

const isTextStream = (answer: unknown): answer is TextStream =>
  typeof answer === 'object' && answer !== null && 'chunks' in answer

/** What a refusal says in headers; the document itself is written by the gateway's own handler, to which it is passed on. */
function addProblemHeaders(app: FastifyInstance): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof VersionMismatchError) void reply.header('etag', toETag(error.presentVersion))
    if (error instanceof TooManyRequestsError) void reply.header('retry-after', error.retryAfterSeconds)
    throw error
  })
}
