import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { ControlError } from '../control-error.ts'

/** Anchors of an ordinary document; an alias bomb needs many more. */
const ALIASES_MAX = 100

const SecurityRequirement = z.record(z.string(), z.array(z.string()))
const Server = z.object({
  url: z.string(),
  variables: z.record(z.string(), z.object({ default: z.union([z.string(), z.number()]).optional() })).optional(),
})
const Operation = z.object({
  summary: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  security: z.array(SecurityRequirement).optional(),
})
const Flow = z.object({ scopes: z.record(z.string(), z.string()).catch({}) })
const SecurityScheme = z.object({ type: z.string(), flows: z.record(z.string(), Flow).optional().catch(undefined) })

/** What is read of an OpenAPI document. Unknown members are left alone: extensions and schemas do not matter here. */
const Document = z.object({
  openapi: z.string().regex(/^3\.[01]\.\d+/, 'must be 3.0 or 3.1'),
  servers: z.array(Server).optional().catch(undefined),
  security: z.array(SecurityRequirement).optional(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  components: z
    .object({ securitySchemes: z.record(z.string(), SecurityScheme).optional().catch(undefined) })
    .optional(),
})
export type OpenApiDocument = z.output<typeof Document>
export type OpenApiOperation = z.output<typeof Operation>

/** Reads JSON or YAML text. Throws `invalid-value` that points into the document. */
export function parseOpenApi(text: string): OpenApiDocument {
  const value = readText(text)
  if (isObject(value) && 'swagger' in value) throw refused('/document', 'is Swagger 2.0; convert it to OpenAPI 3 first')
  return parsePart(Document, value, '/document')
}

export const parseOperation = (value: unknown, path: string, method: string): OpenApiOperation =>
  parsePart(Operation, value, `/document/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`)

function parsePart<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const pointer = [place, ...(issue?.path ?? []).map(String)].join('/').slice(0, 300)
  throw refused(pointer, issue?.message ?? 'is not OpenAPI')
}

function readText(text: string): unknown {
  try {
    return text.trimStart().startsWith('{')
      ? JSON.parse(text)
      : parseYaml(text, { maxAliasCount: ALIASES_MAX, schema: 'core', merge: false })
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : ''
    throw refused('/document', `is neither JSON nor YAML: ${why}`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const refused = (pointer: string, detail: string) =>
  new ControlError('invalid-value', `${pointer}: ${detail}.`, [{ pointer, detail }])
