import { z } from 'zod'
import * as audit from '#lib/contract/audit.ts'
import * as catalog from '#lib/contract/catalog.ts'
import * as decisions from '#lib/contract/decisions.ts'
import * as endpoint from '#lib/contract/endpoint.ts'
import * as people from '#lib/contract/people.ts'
import { Problem } from '#lib/contract/primitives.ts'
import { Rule } from '#lib/contract/rule.ts'

export type JsonSchema = Record<string, unknown>
type Direction = 'input' | 'output'

export interface SchemaCollector {
  /** JSON Schema of what is received or answered, with references to the named schemas. Describe answers first. */
  describe(schema: z.ZodType, direction: Direction): JsonSchema
  readonly components: Readonly<Record<string, JsonSchema>>
}

const LOCAL = '#/$defs/'
const SHARED = '#/components/schemas/'

/** Schemas of objects have a name of their own; those of single values stay where they are used. */
function nameSchemas(): z.core.$ZodRegistry<{ id: string }> {
  const names = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries({
    ...audit,
    ...catalog,
    ...decisions,
    ...endpoint,
    ...people,
    Problem,
    Rule,
  })) {
    if (schema instanceof z.ZodObject || schema instanceof z.ZodDiscriminatedUnion) names.add(schema, { id })
  }
  return names
}

export function collectSchemas(): SchemaCollector {
  const names = nameSchemas()
  const components: Record<string, JsonSchema> = {}

  const describe = (schema: z.ZodType, direction: Direction): JsonSchema => {
    const { $defs = {}, ...root } = toJsonSchema(schema, names, direction)
    const own = names.get(schema)?.id
    const definitions: Record<string, JsonSchema> =
      own === undefined || own in $defs ? $defs : { ...$defs, [own]: root }
    const named = new Map(Object.entries(definitions).map(([name, definition]) => [name, chooseName(name, definition)]))
    for (const [name, definition] of Object.entries(definitions))
      if (!isAnonymous(name)) components[named.get(name) ?? name] = share(definition, named)
    return own === undefined ? share(root, named) : { $ref: SHARED + (named.get(own) ?? own) }
  }

  /** What reads otherwise when it is received, because fields with defaults may be absent, is another schema. */
  const chooseName = (name: string, definition: JsonSchema): string => {
    const known = components[name]
    const same = known === undefined || JSON.stringify(known) === JSON.stringify(share(definition, new Map()))
    return same ? name : `${name}Input`
  }

  return { describe, components }
}

function toJsonSchema(schema: z.ZodType, metadata: z.core.$ZodRegistry<{ id: string }>, io: Direction) {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, metadata, unrepresentable: 'any', override: tidy })
  return described as JsonSchema & { $defs?: Record<string, JsonSchema> }
}

/** A format says what its pattern says; descriptions stand in the registry that every schema shares. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  delete jsonSchema['id']
  if (jsonSchema['format'] !== undefined) delete jsonSchema['pattern']
  const description = z.globalRegistry.get(zodSchema as unknown as z.ZodType)?.description // every schema of the contract is a ZodType
  if (description !== undefined) jsonSchema['description'] = description
}

/** The recursion by which "any JSON" is defined; it is described as any value instead. */
const isAnonymous = (name: string): boolean => name.startsWith('__')

function share(definition: JsonSchema, named: ReadonlyMap<string, string>): JsonSchema {
  const rewrite = (_key: string, member: unknown): unknown => {
    if (typeof member !== 'object' || member === null || !('$ref' in member) || typeof member.$ref !== 'string')
      return member
    if (!member.$ref.startsWith(LOCAL)) return member
    const name = member.$ref.slice(LOCAL.length)
    return isAnonymous(name) ? {} : { ...member, $ref: SHARED + (named.get(name) ?? name) }
  }
  return JSON.parse(JSON.stringify(definition), rewrite) as JsonSchema // JSON in, JSON out
}
