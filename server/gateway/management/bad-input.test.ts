import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { routes, type RouteContract, type RouteName } from '#lib/contract/routes.ts'
import { EXAMPLES } from './openapi-examples.ts'
import { send, startTestManagement, type CallAnswer, type TestManagement } from './test-management.ts'

const names = Object.keys(routes) as RouteName[]
const withBody = names.filter((name) => (routes[name] as RouteContract).body !== null)
const HERE = {
  environment: 'production',
  service: 'orders',
  clientId: 'orders',
  id: '01939f6e-8c1a-7b3e-9d52-6f1f3a2b4c5d',
}

let management: TestManagement
beforeAll(async () => {
  management = await startTestManagement()
  await management.call('createService', { body: { slug: 'orders', name: 'Orders' } })
})
afterAll(() => management.close())

const countEntries = () => management.control.database.prisma.auditEntry.count()

/** The answer is a refusal that names what is wrong, and nothing was written. */
async function expectRefused(send: () => Promise<CallAnswer>, codes: readonly string[]): Promise<CallAnswer> {
  const entries = await countEntries()
  const answer = await send()
  expect(codes).toContain((answer.body as { code: string }).code)
  expect(await countEntries()).toBe(entries)
  return answer
}

/** Members of a body, by its JSON Schema; those of a union by its first branch. */
function membersOf(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: object
    oneOf?: { properties?: object }[]
  }
  return Object.keys(json.properties ?? json.oneOf?.[0]?.properties ?? {})
}

describe('a body', () => {
  it.each(withBody)('of %s is refused when it is not what the contract says', async (name) => {
    const post = (body: unknown, headers = {}) => management.call(name, { params: HERE, version: 1, body, headers })
    for (const text of ['{', 'nonsense', '{"a":1,}', '\u0000'])
      await expectRefused(() => post(text), ['malformed-json'])
    for (const body of ['null', '[]', '1', '"text"', 'true']) await expectRefused(() => post(body), ['invalid-request'])
    await expectRefused(() => post('['.repeat(50_000)), ['malformed-json'])
    await expectRefused(
      () => post('x=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      ['unsupported-media-type'],
    )
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const answer = await expectRefused(() => post(`{"${key}":{"role":"administrator"}}`), ['invalid-request'])
      expect(answer.body).toMatchObject({ errors: [{ pointer: `/${key}` }] })
    }
  })

  it.each(withBody)('of %s is refused by the name of an unknown or wrongly typed field', async (name) => {
    const { body: schema } = routes[name] as RouteContract
    const example = (EXAMPLES[name] ?? {}) as Record<string, unknown>
    const post = (body: unknown) => management.call(name, { params: HERE, version: 1, body })
    const unknown = await expectRefused(() => post({ ...example, surplus: 1 }), ['invalid-request'])
    expect(JSON.stringify(unknown.body)).toContain('"/surplus"')
    for (const member of membersOf(schema ?? z.unknown())) {
      for (const wrong of [{ a: {} }, -1.5, ['x'], 'x'.repeat(2_000_001 % 30_000) + '\u0000']) {
        const answer = await expectRefused(
          () => post({ ...example, [member]: wrong }),
          ['invalid-request', 'invalid-value'],
        )
        expect(JSON.stringify(answer.body)).toContain(`"/${member}`)
      }
    }
  })

  it('of 10 MB is refused, also where large documents are taken', async () => {
    const document = 'x'.repeat(10_000_000)
    await expectRefused(
      () => management.call('importOpenApi', { params: HERE, body: { document } }),
      ['body-too-large'],
    )
    await expectRefused(
      () => management.call('createService', { body: { slug: 'big', name: document } }),
      ['body-too-large'],
    )
  })

  it('is not read of somebody unknown', async () => {
    const answer = await management.call('importOpenApi', {
      token: null,
      params: HERE,
      body: { document: 'x'.repeat(100_000) },
    })
    expect(answer.status).toBe(401)
  })

  it('is refused where none belongs', async () => {
    await expectRefused(
      () => management.call('deleteService', { params: HERE, version: 1, body: { force: true } }),
      ['invalid-request'],
    )
  })
})

describe('a path', () => {
  it.each(names.filter((name) => Object.keys((routes[name] as RouteContract).params.shape).length > 0))(
    'of %s is refused with odd parameters',
    async (name) => {
      const { params, body } = routes[name] as RouteContract
      for (const odd of ['UPPER', '..', 'a b', "a'--", 'ab\u0000', 'é', 'a'.repeat(200), '%2e%2e', '1']) {
        const values = Object.fromEntries(Object.keys(params.shape).map((key) => [key, odd]))
        await expectRefused(
          () => management.call(name, { params: values, version: 1, ...(body === null ? {} : { body: {} }) }),
          ['invalid-request', 'route-not-found', 'not-found', 'method-not-allowed'],
        )
      }
    },
  )

  it('that is none is told from a method that is none', async () => {
    const url = `${management.gateway.url}/api/v1`
    expect((await send(`${url}/nonsense`, 'GET', {})).body).toMatchObject({ code: 'route-not-found' })
    const wrong = await send(`${url}/services`, 'DELETE', {})
    expect(wrong.body).toMatchObject({ code: 'method-not-allowed' })
    expect(wrong.headers.get('allow')).toContain('POST')
  })
})

describe('a query', () => {
  const lists = names.filter(
    (name) => (routes[name] as RouteContract).method === 'GET' && routes[name].access !== 'anyone',
  )

  it.each(lists)('of %s is refused by the name of an unknown parameter', async (name) => {
    for (const key of ['surplus', '__proto__']) {
      const answer = await expectRefused(
        () => management.call(name, { params: HERE, query: { [key]: '1' } }),
        ['invalid-request'],
      )
      expect(JSON.stringify(answer.body)).toContain(`query/${key}`)
    }
  })

  it.each(lists.filter((name) => routes[name].query instanceof z.ZodObject && 'cursor' in routes[name].query.shape))(
    'of %s is refused with a cursor of another list, and a bad limit',
    async (name) => {
      const foreign = Buffer.from(JSON.stringify(['elsewhere', 'x'])).toString('base64url')
      for (const cursor of [
        foreign,
        'nonsense',
        Buffer.from('{}').toString('base64url'),
        Buffer.from('[null]').toString('base64url'),
      ]) {
        await expectRefused(
          () =>
            management.call(name, { params: HERE, query: { cursor, ...(name === 'readTop' ? { by: 'caller' } : {}) } }),
          ['invalid-cursor', 'not-found'],
        )
      }
      for (const limit of ['0', '-1', 'ten', '1e9', ''])
        await expectRefused(() => management.call(name, { params: HERE, query: { limit } }), ['invalid-request'])
    },
  )

  it('is refused when a parameter comes twice', async () => {
    const { gateway, tokens } = management
    const answer = await send(`${gateway.url}/api/v1/environments/production/search?q=a&q=b`, 'GET', {
      token: tokens.viewer,
    })
    expect(answer.body).toMatchObject({ code: 'invalid-request', errors: [{ pointer: 'query/q' }] })
  })
})
