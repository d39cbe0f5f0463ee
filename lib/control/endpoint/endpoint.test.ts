import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEndpoint } from '../endpoint/create-endpoint.ts'
import { deleteEndpoint } from '../endpoint/delete-endpoint.ts'
import { importOpenApi } from '../endpoint/import-openapi.ts'
import { listEndpoints } from '../endpoint/list-endpoints.ts'
import { readEvidence } from '../endpoint/read-evidence.ts'
import { setEndpointRules } from '../endpoint/set-endpoint-rules.ts'
import { updateEndpoint } from '../endpoint/update-endpoint.ts'
import { createIdentity } from '../identity/create-identity.ts'
import { deleteScope } from '../scope/delete-scope.ts'
import { createScope } from '../scope/create-scope.ts'
import { createService } from '../service/create-service.ts'
import { createTestControl, type TestControl } from '../test-control.ts'

let control: TestControl
let prisma: TestControl['database']['prisma']
beforeAll(async () => {
  control = await createTestControl()
  prisma = control.database.prisma
  const { ctx, operator } = control
  for (const slug of ['orders', 'payments', 'customers'])
    await createService(ctx, operator, { slug, name: slug.toUpperCase() })
  await createIdentity(ctx, operator, { clientId: 'partner', name: 'Partner' })
})
afterAll(() => control.database.close())

const lastEntry = () => prisma.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
const revisionOf = async (slug: string) => (await prisma.environment.findUniqueOrThrow({ where: { slug } })).revision
const snapshotOf = async (service: string): Promise<Record<string, unknown>> => {
  const row = await prisma.serviceSnapshot.findFirstOrThrow({
    where: { service: { slug: service }, environment: { slug: 'production' } },
    orderBy: { revision: 'desc' },
  })
  return JSON.parse(row.body) as Record<string, unknown>
}

describe('endpoints', () => {
  beforeAll(async () => {
    await createScope(control.ctx, control.operator, { serviceSlug: 'orders', name: 'orders:read' })
  })

  const rule = (...allOf: string[]) => ({
    access: 'token' as const,
    requirements: [{ kind: 'scopes' as const, allOf }],
  })

  it.each([
    ['an expression that cannot be read', '/c/:customerId', 'params.customerId = token.sub', /line 1, column 19/],
    ['a parameter the route does not have', '/c/:customerId', 'params.customer == token.sub', /no parameter customer/],
    ['too many steps', '/c/:id', 'token.a.all(x, token.a.all(y, x == y))', /too many steps/],
    ['what cannot be called', '/c/:id', 'token.sub.matches(params.id)', /matches\(\) cannot be used/],
  ])('refuse a condition with %s', async (_, route, expression, detail) => {
    const { ctx, operator } = control
    const { id, version } = await createEndpoint(ctx, operator, 'production', {
      ...{ serviceSlug: 'customers', method: 'GET', route: `${route}/${expression.length}` },
    })
    const asks = { access: 'token' as const, requirements: [{ kind: 'condition' as const, expression }] }
    const refusal = {
      code: 'invalid-value',
      errors: [{ pointer: '/rule/requirements/0/expression', detail: expect.stringMatching(detail) as string }],
    }
    await expect(updateEndpoint(ctx, operator, 'production', id, version, { rule: asks })).rejects.toMatchObject(
      refusal,
    )
    await expect(
      setEndpointRules(ctx, operator, 'production', { endpoints: [{ id, version }], rule: asks }),
    ).rejects.toMatchObject(refusal)
    await expect(readEvidence(ctx, operator, 'production', id, { windowHours: 24, rule: asks })).rejects.toMatchObject(
      refusal,
    )
  })

  it.each(['/c/:customerId', '/c/[customerId]', '/c/*customerId', '/c/:other/(.*)'])(
    'publish a condition over the parameters of %s',
    async (route) => {
      const { ctx, operator } = control
      const requirement = { kind: 'condition' as const, expression: 'params.customerId == token.sub' }
      await createEndpoint(ctx, operator, 'production', {
        ...{ serviceSlug: 'customers', method: 'PUT', route },
        rule: { access: 'token', requirements: [requirement] },
      })
      expect(await snapshotOf('customers')).toMatchObject({
        endpoints: expect.arrayContaining([
          expect.objectContaining({ method: 'PUT', rule: { access: 'token', requirements: [requirement] } }),
        ]) as unknown,
      })
    },
  )

  it('take rules that name their own service’s scopes alone, and publish them', async () => {
    const { ctx, operator } = control
    const refused = createEndpoint(ctx, operator, 'production', {
      serviceSlug: 'payments',
      method: 'POST',
      route: '/pay',
      rule: rule('orders:read'),
    })
    await expect(refused).rejects.toMatchObject({
      code: 'invalid-value',
      errors: [{ pointer: '/rule/requirements/0/allOf/0' }],
    })
    const endpoint = await createEndpoint(ctx, operator, 'production', {
      serviceSlug: 'orders',
      method: 'GET',
      route: '/orders/:id',
      rule: rule('orders:read'),
    })
    expect(await snapshotOf('orders')).toMatchObject({
      endpoints: [{ id: endpoint.id, mode: 'off', rule: rule('orders:read') }],
    })
    await expect(
      createEndpoint(ctx, operator, 'production', { serviceSlug: 'orders', method: 'GET', route: '/orders/:id' }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/route' }] })
    for (const [field, value] of [
      ['method', 'HEAD'],
      ['method', 'BREW'],
      ['route', '/a b'],
      ['route', '/a?b'],
      ['route', '/a\u200b'],
    ] as const) {
      await expect(
        createEndpoint(ctx, operator, 'production', {
          serviceSlug: 'orders',
          method: 'GET',
          route: '/x',
          [field]: value,
        }),
      ).rejects.toMatchObject({ errors: [{ pointer: `/${field}` }] })
    }
    const changed = await updateEndpoint(ctx, operator, 'production', endpoint.id, 1, { rule: null })
    expect(changed).toMatchObject({ rule: null, requiredScopes: [], version: 2 })
    expect(await lastEntry()).toMatchObject({
      action: 'endpoint.update',
      before: { rule: rule('orders:read') },
      after: { rule: null },
    })
  })

  it('change together or not at all', async () => {
    const { ctx, operator } = control
    const [a, b] = await Promise.all(
      ['/a', '/b'].map((route) =>
        createEndpoint(ctx, operator, 'production', { serviceSlug: 'orders', method: 'GET', route }),
      ),
    )
    const other = await createEndpoint(ctx, operator, 'production', {
      serviceSlug: 'payments',
      method: 'GET',
      route: '/c',
    })
    const at = (id = '', version = 1) => ({ id, version })
    const entries = await prisma.auditEntry.count()
    await expect(
      setEndpointRules(ctx, operator, 'production', {
        endpoints: [at(a?.id), at(b?.id, 9)],
        rule: rule('orders:read'),
      }),
    ).rejects.toMatchObject({ code: 'version-mismatch' })
    await expect(
      setEndpointRules(ctx, operator, 'production', { endpoints: [at(a?.id), at(other.id)], rule: null }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/endpoints/1/id' }] })
    await expect(
      setEndpointRules(ctx, operator, 'production', { endpoints: [at(a?.id), at(a?.id)], rule: null }),
    ).rejects.toMatchObject({ code: 'invalid-value' })
    expect(await prisma.auditEntry.count()).toBe(entries)
    const { revision } = await setEndpointRules(ctx, operator, 'production', {
      endpoints: [at(a?.id), at(b?.id)],
      rule: rule('orders:read'),
    })
    expect(revision).toBe(await revisionOf('production'))
    expect(await prisma.auditEntry.count()).toBe(entries + 2)
    await expect(
      deleteScope(ctx, operator, (await prisma.scope.findFirstOrThrow({ where: { name: 'orders:read' } })).id, 1),
    ).rejects.toMatchObject({ code: 'in-use' })
  })

  it('are forgotten when no live instance can serve them', async () => {
    const { ctx, operator } = control
    const { id } = await createEndpoint(ctx, operator, 'production', {
      serviceSlug: 'orders',
      method: 'GET',
      route: '/old',
    })
    const row = await prisma.endpoint.update({ where: { id }, data: { lastSeenAt: new Date() } })
    const instance = { environmentId: row.environmentId, serviceId: row.serviceId, lastSeenAt: new Date() }
    await prisma.instance.create({ data: { ...instance, id, startedAt: new Date(Date.now() - 60_000) } })
    await expect(deleteEndpoint(ctx, operator, 'production', id, 1)).rejects.toMatchObject({ code: 'in-use' })
    await prisma.instance.update({ where: { id }, data: { startedAt: new Date(Date.now() + 1_000) } })
    await deleteEndpoint(ctx, operator, 'production', id, 1)
    expect(await prisma.endpoint.count({ where: { id } })).toBe(0)
  })

  it('are listed page after page to the last one, each once, also when the last one seen is forgotten meanwhile', async () => {
    const { ctx, operator } = control
    await createService(ctx, operator, { slug: 'many', name: 'Many' })
    const routes = ['/a', '/b', '/c', '/d', '/e']
    const created = await Promise.all(
      routes.map((route) => createEndpoint(ctx, operator, 'production', { serviceSlug: 'many', method: 'GET', route })),
    )
    const query = { service: ['many'], limit: 2, sort: 'route', direction: 'desc' } as const
    const read = (cursor?: string) =>
      listEndpoints(ctx, operator, 'production', { ...query, service: [...query.service], cursor })
    const toRoutes = (page: Awaited<ReturnType<typeof read>>) => page.items.map(({ route }) => route)
    const first = await read()
    expect([toRoutes(first), first.total]).toEqual([['/e', '/d'], 5])
    await deleteEndpoint(ctx, operator, 'production', created[3]!.id, created[3]!.version)
    const second = await read(first.nextCursor!)
    expect([toRoutes(second), second.total]).toEqual([['/c', '/b'], 4])
    const last = await read(second.nextCursor!)
    expect([toRoutes(last), last.nextCursor]).toEqual([['/a'], null])
  })

  it('come from OpenAPI documents, tried first without writing', async () => {
    const { ctx, operator } = control
    const document = JSON.stringify({
      openapi: '3.0.3',
      components: {
        securitySchemes: {
          oauth: {
            type: 'oauth2',
            flows: { clientCredentials: { tokenUrl: '/t', scopes: { 'refunds:create': 'Create refunds' } } },
          },
        },
      },
      paths: { '/refunds/{refundId}': { post: { summary: 'Refund', security: [{ oauth: ['refunds:create'] }] } } },
    })
    const entries = await prisma.auditEntry.count()
    const dry = await importOpenApi(ctx, operator, 'production', 'payments', { document, dryRun: true })
    expect(dry).toMatchObject({
      created: [{ method: 'POST', route: '/refunds/:refundId' }],
      missing: [{ route: '/c' }],
      createdScopes: ['refunds:create'],
      revision: null,
    })
    expect(await prisma.auditEntry.count()).toBe(entries)
    const done = await importOpenApi(ctx, operator, 'production', 'payments', { document })
    expect(done.revision).toBe(await revisionOf('production'))
    expect(await prisma.scope.findFirst({ where: { name: 'refunds:create' } })).toMatchObject({
      description: 'Create refunds',
    })
    expect(await importOpenApi(ctx, operator, 'production', 'payments', { document })).toMatchObject({
      created: [],
      unchanged: [{ route: '/refunds/:refundId' }],
      revision: null,
    })
  })
})
