import { describe, expect, it } from 'vitest'
import { parseOpenApi } from './parse-openapi.ts'
import { planOpenApiImport } from './plan-openapi-import.ts'

const yaml = `
openapi: 3.1.0
info: { title: Orders, version: '1' }
servers:
  - url: https://{host}/v2/
    variables: { host: { default: api.example.com } }
components:
  securitySchemes:
    oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: /t, scopes: { 'orders:read': Read orders, write: Write } } } }
    key: { type: apiKey, in: header, name: k }
security: [{ oauth: ['orders:read'] }]
paths:
  /orders/{orderId}:
    parameters: []
    get: { summary: One order }
    delete: { security: [{ oauth: [write] }] }
    head: {}
  /orders/{id}:
    get: {}
  /health:
    get: { security: [] }
  /keyed:
    post: { security: [{ key: [] }] }
`

describe('an OpenAPI document', () => {
  it('becomes endpoints in the spelling of frameworks, below the path of its first server', () => {
    const plan = planOpenApiImport(parseOpenApi(yaml), [], true)
    expect(plan.created.map(({ method, route, rule }) => [`${method} ${route}`, rule?.requirements])).toEqual([
      ['GET /v2/orders/:orderId', [{ kind: 'scopes', allOf: ['orders:read'] }]],
      ['DELETE /v2/orders/:orderId', undefined],
      ['GET /v2/health', undefined],
      ['POST /v2/keyed', undefined],
    ])
    expect([...plan.scopes]).toEqual([['orders:read', 'Read orders']])
    expect(plan.notes).toEqual([
      'DELETE /orders/:orderId has no rule yet: its scope write is not written resource:action.',
      'GET /health has no rule yet: it allows several ways in, or none is needed.',
      'POST /keyed has no rule yet: its security scheme is not OAuth 2.',
      'GET /orders/:id was left out: it is the same endpoint as /orders/:orderId.',
    ])
  })

  it('recognises endpoints that are known under other parameter names, and without the server’s path', () => {
    const known = [
      { method: 'GET', route: '/orders/:id' },
      { method: 'PUT', route: '/legacy' },
    ]
    const plan = planOpenApiImport(parseOpenApi(yaml), known, false)
    expect(plan.unchanged).toEqual([known[0]])
    expect(plan.missing).toEqual([known[1]])
    expect(plan.created.map(({ route }) => route)).toEqual(['/orders/:orderId', '/health', '/keyed'])
  })

  it.each([
    ['Swagger 2.0', '{"swagger":"2.0","paths":{}}', 'Swagger 2.0'],
    ['no version', '{"paths":{}}', '/document/openapi'],
    ['another version', 'openapi: 4.0.0', '3.0 or 3.1'],
    ['text', 'hello', 'document'],
    ['broken JSON', '{"openapi":', 'neither JSON nor YAML'],
    [
      'a wrong operation',
      '{"openapi":"3.0.3","paths":{"/a":{"get":{"security":"none"}}}}',
      '/document/paths/~1a/get/security',
    ],
    [
      'an alias bomb',
      `openapi: 3.0.0\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(9)}]`)
        .join('\n')}\npaths: {}`,
      'neither JSON nor YAML',
    ],
  ])('is refused with the place of the mistake: %s', (_name, text, expected) => {
    expect(() => planOpenApiImport(parseOpenApi(text), [], true)).toThrow(expected)
  })

  it('of 3.0 in JSON without paths has no endpoint', () => {
    expect(planOpenApiImport(parseOpenApi('{"openapi":"3.0.3"}'), [], true)).toMatchObject({ created: [], notes: [] })
  })
})
