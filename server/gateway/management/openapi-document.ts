import { z } from 'zod'
import { PROBLEMS, problemType, type ProblemCode } from '#lib/contract/problems.ts'
import { Problem } from '#lib/contract/primitives.ts'
import { routes, type RouteContract, type RouteName } from '#lib/contract/routes.ts'
import { EXAMPLES } from './openapi-examples.ts'
import { collectSchemas, type JsonSchema, type SchemaCollector } from './openapi-schemas.ts'
import { sessionCookieName } from './request-authentication.ts'

type Json = Record<string, unknown>

const BASE = '/api/v1'
const VERSION = '0.1.0'

const INTRODUCTION = `Everything the console does, a script can do here: send an API token as \`Authorization: Bearer sgp_…\`.

Refusals are problem documents (RFC 9457); their \`code\` is stable, and \`errors\` names every refused field. Objects have a
version: reading one answers it as \`ETag\`, changing one needs it as \`If-Match\`. Lists come in pages: send \`nextCursor\` as
\`cursor\`. A create with an \`Idempotency-Key\` is done once, however often it is sent; the answer is kept for 24 hours, without
its secrets.`

/** OpenAPI 3.1 of the management API, made from its contract. */
export function buildOpenApiDocument(publicUrl: string): Json {
  const schemas = collectSchemas()
  const problem = schemas.describe(Problem, 'output')
  const answers = new Map(names().map((name) => [name, schemas.describe(routes[name].response, 'output')]))
  const paths: Record<string, Json> = {}
  for (const name of names()) {
    const route: RouteContract = routes[name]
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: toOperation(name, route, answers.get(name) ?? {}, schemas),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stepgate management API',
      version: VERSION,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl.replace(/\/+$/, '') + BASE }],
    tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ apiToken: [] }, { session: [] }],
    paths,
    components: {
      schemas: schemas.components,
      responses: toProblemResponses(problem),
      securitySchemes: {
        apiToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'API token `sgp_…`. It can do what its role can, and never more than its account.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookieName(publicUrl),
          description: 'Session of the console. Writes must come from the same origin.',
        },
      },
    },
  }
}

const names = (): RouteName[] => Object.keys(routes) as RouteName[]

function toOperation(name: RouteName, route: RouteContract, answer: JsonSchema, schemas: SchemaCollector): Json {
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    description: route.access === 'anyone' ? 'For anyone.' : `For the role ${route.access} and above.`,
    'x-role': route.access,
    ...(route.access === 'anyone' ? { security: [] } : {}),
    parameters: [...toPathParameters(route, schemas), ...toQueryParameters(route, schemas), ...toHeaders(route)],
    ...(route.body === null ? {} : { requestBody: toRequestBody(name, route.body, schemas) }),
    responses: { [String(route.status)]: toAnswer(name, route, answer), ...toRefusals(route) },
  }
}

function toPathParameters({ params }: RouteContract, schemas: SchemaCollector): Json[] {
  return Object.entries(params.shape).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.describe(schema as z.ZodType, 'output'),
  })) // a shape's members are schemas
}

/** A query is text: what it means once it is parsed is what people have to know. Lists are separated by commas. */
function toQueryParameters({ query }: RouteContract, schemas: SchemaCollector): Json[] {
  if (!(query instanceof z.ZodObject)) return []
  return Object.entries(query.shape).map(([name, member]) => {
    const schema = member as z.ZodType // a shape's members are schemas
    const { description, ...described } = schemas.describe(schema, 'output')
    const isList = described['type'] === 'array' || JSON.stringify(described).includes('"type":"array"')
    return {
      name,
      in: 'query',
      required: !schema.safeParse(undefined).success,
      ...(description === undefined ? {} : { description }),
      ...(isList ? { style: 'form', explode: false } : {}),
      schema: described,
    }
  })
}

function toHeaders({ ifMatch, method, idempotent }: RouteContract): Json[] {
  const version = {
    name: 'If-Match',
    in: 'header',
    required: true,
    description: 'Version that was read.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
    example: '"3"',
  }
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Chosen by the caller, new for every object to be made.',
    schema: { type: 'string', maxLength: 200 },
  }
  return [...(ifMatch && method !== 'GET' ? [version] : []), ...(idempotent ? [key] : [])]
}

function toRequestBody(name: RouteName, body: z.ZodType, schemas: SchemaCollector): Json {
  const example = EXAMPLES[name]
  return {
    required: true,
    content: {
      'application/json': { schema: schemas.describe(body, 'input'), ...(example === undefined ? {} : { example }) },
    },
  }
}

const TEXT_ROUTES: ReadonlySet<RouteName> = new Set<RouteName>(['exportAuditEntries', 'exportDecisions'])

function toAnswer(name: RouteName, { ifMatch, method }: RouteContract, schema: JsonSchema): Json {
  const hasVersion = ifMatch && method !== 'DELETE'
  const text = { 'application/x-ndjson': { schema }, 'text/csv': { schema } }
  return {
    description: 'Done.',
    ...(hasVersion ? { headers: { ETag: { description: 'Version of the object.', schema: { type: 'string' } } } } : {}),
    content: TEXT_ROUTES.has(name) ? text : { 'application/json': { schema } },
  }
}

/** Every status a route refuses with, by a shared response. */
function toRefusals(route: RouteContract): Json {
  const statuses = new Set([400, 429, 500, 503])
  if (route.access !== 'anyone') for (const status of [401, 403]) statuses.add(status)
  if (Object.keys(route.params.shape).length > 0) statuses.add(404)
  if (route.body !== null) for (const status of [413, 415, 422]) statuses.add(status)
  if (route.method !== 'GET') statuses.add(409)
  if (route.ifMatch && route.method !== 'GET') for (const status of [412, 428]) statuses.add(status)
  return Object.fromEntries(
    [...statuses].toSorted().map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]),
  )
}

function toProblemResponses(schema: JsonSchema): Json {
  const byStatus = Map.groupBy(Object.entries(PROBLEMS), ([, { status }]) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, problems]) => [
      `Problem${status}`,
      {
        description: problems.map(([code, { title }]) => `\`${code}\`: ${title}.`).join(' '),
        content: { 'application/problem+json': { schema, examples: toExamples(problems) } },
      },
    ]),
  )
}

const toExamples = (problems: readonly [string, { status: number; title: string }][]): Json =>
  Object.fromEntries(
    problems.map(([code, { status, title }]) => [
      code,
      {
        value: {
          type: problemType(code as ProblemCode),
          title,
          status,
          code,
          instance: '4f0c1d3e-6a53-4d0b-9a0e-2d2f5c1b7a88',
        },
      },
    ]),
  ) // keys of PROBLEMS

/** Made when it is first asked for: it takes a moment that a start should not. */
export function createOpenApiText(publicUrl: string): () => string {
  let text: string | undefined
  return () => (text ??= JSON.stringify(buildOpenApiDocument(publicUrl)))
}
