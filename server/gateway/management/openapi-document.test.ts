import { describe, expect, it } from 'vitest'
import { routes, type RouteContract, type RouteName } from '#lib/contract/routes.ts'
import { buildOpenApiDocument } from './openapi-document.ts'
import { EXAMPLES } from './openapi-examples.ts'

type Json = Record<string, unknown>
interface Document {
  readonly openapi: string
  readonly paths: Record<
    string,
    Record<string, Json & { operationId: string; parameters: { name: string; in: string }[]; responses: Json }>
  >
  readonly components: Record<string, Json>
}

const document = JSON.parse(JSON.stringify(buildOpenApiDocument('https://stepgate.example'))) as Document
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : references(member),
  )
}

describe('the OpenAPI document', () => {
  it('has one operation for each route of the contract', () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(Object.keys(routes).sort())
    for (const { path, method, operation } of operations) {
      const route: RouteContract = routes[operation.operationId as RouteName]
      expect([path, method.toUpperCase()]).toEqual([route.path, route.method])
      expect(Object.keys(operation.responses)).toContain(String(route.status))
    }
  })

  it('refers only to what it has', () => {
    for (const reference of references(document)) {
      const [, , kind = '', name = ''] = reference.split('/')
      expect(document.components[kind]?.[name], reference).toBeDefined()
    }
  })

  it('names every parameter of its paths', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
        inPath,
      )
    }
  })

  it('describes what is received apart from what is answered only where they differ', () => {
    const names = Object.keys(document.components['schemas'] ?? {})
    expect(names).toContain('Rule')
    expect(names.filter((name) => name.endsWith('Input'))).toEqual([])
    expect(names.filter((name) => name.startsWith('_'))).toEqual([])
    expect(JSON.stringify(document.components['schemas']?.['Environment'])).toContain('Public key that services pin')
  })

  it('shows examples that its own contract accepts', () => {
    for (const [name, example] of Object.entries(EXAMPLES)) {
      const { body }: RouteContract = routes[name as RouteName]
      expect(body?.safeParse(example).error, name).toBeUndefined()
    }
  })
})
