import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '#lib/store/test-database.ts'
import { startTestGateway } from '../testing/gateway-fixture.ts'
import { startTestManagement, type TestManagement } from './test-management.ts'

let management: TestManagement
beforeAll(async () => {
  management = await startTestManagement()
})
afterAll(() => management.close())

const inProduction = { environment: 'production' }

describe('the management API', () => {
  it('takes a service from nothing to enforced, and back', async () => {
    const { call, tokens } = management
    const token = tokens.operator
    await call('createService', { token, body: { slug: 'orders', name: 'Orders' } })
    await call('createIdentity', { token, body: { clientId: 'billing', name: 'Billing' } })
    const scope = await call('createScope', { token, body: { serviceSlug: 'orders', name: 'orders:read' } })
    const scopeId = (scope.body as { id: string }).id
    const grant = await call('createGrant', { token, params: inProduction, body: { clientId: 'billing', scopeId } })
    expect(grant.body).toMatchObject({ clientId: 'billing', scope: 'orders:read', use: 'too-new' })
    const credential = await call('createCredential', {
      token,
      params: { ...inProduction, clientId: 'billing' },
      body: { kind: 'client-secret', name: 'first' },
    })
    expect(credential.body).toMatchObject({
      environmentVariables: {
        STEPGATE_CLIENT_ID: 'billing',
        STEPGATE_CLIENT_SECRET: (credential.body as { secret: string }).secret,
      },
    })
    const rule = { access: 'token', requirements: [{ kind: 'scopes', allOf: ['orders:read'] }] }
    const endpoint = await call('createEndpoint', {
      token,
      params: inProduction,
      body: { serviceSlug: 'orders', method: 'GET', route: '/orders/:id', rule },
    })
    const endpointId = (endpoint.body as { id: string }).id
    expect(
      (
        await call('changeModes', {
          token,
          params: inProduction,
          body: { changes: [{ endpointId, mode: 'log-only' }] },
        })
      ).body,
    ).toMatchObject({ changed: 1, endpoints: [{ mode: 'log-only' }] })

    const changes = [{ endpointId, mode: 'enforce', percent: 25 }]
    const refused = await call('changeModes', {
      token,
      params: inProduction,
      body: { changes, acceptDenials: true, reason: 'because' },
    })
    expect(refused).toMatchObject({ status: 409, body: { code: 'evidence-required' } })
    const preview = await call('previewModeChange', { token, params: inProduction, body: { changes } })
    const previewToken = (preview.body as { token: string }).token
    expect(
      (await call('changeModes', { token, params: inProduction, body: { changes, previewToken } })).body,
    ).toMatchObject({ code: 'invalid-value', errors: [{ pointer: '/acceptDenials' }, { pointer: '/reason' }] })
    const changed = await call('changeModes', {
      token,
      params: inProduction,
      body: { changes, previewToken, acceptDenials: true, reason: 'Nobody calls it yet' },
    })
    expect(changed.body).toMatchObject({
      changed: 1,
      endpoints: [{ mode: 'enforce', percent: 25, confirmation: { state: 'no-instances' } }],
    })

    const revision = (changed.body as { revision: number }).revision
    expect((await call('undoModeChange', { token, params: inProduction, body: { revision } })).body).toMatchObject({
      endpoints: [{ mode: 'log-only' }],
    })
    const history = await call('listModeChanges', { token, params: { ...inProduction, id: endpointId } })
    expect(history.body).toMatchObject({
      items: [
        { to: { mode: 'log-only' } },
        { to: { mode: 'enforce', percent: 25 }, forecast: { wouldDeny: 0 } },
        { to: { mode: 'log-only' } },
      ],
    })
  })

  it('answers every list and page that the console opens with', async () => {
    const { call, tokens } = management
    for (const name of [
      'getOverview',
      'listServices',
      'listIdentities',
      'listScopes',
      'listGrants',
      'listEndpoints',
      'listIssuers',
      'listSigningKeys',
      'listRevisions',
      'listInstances',
      'readSeries',
      'listSamples',
      'listModeChangeMarks',
      'exportDecisions',
    ] as const) {
      expect((await call(name, { token: tokens.viewer, params: inProduction })).status, name).toBe(200)
    }
    const found = (await call('search', { params: inProduction, query: { q: 'ord' } })).body as {
      items: { kind: string }[]
    }
    expect(found.items.map(({ kind }) => kind)).toEqual(['service', 'identity', 'scope', 'endpoint'])
    expect((await call('listAuditEntries')).status).toBe(200)
    expect((await call('verifyAuditLog')).body).toMatchObject({ intact: true })
    expect((await call('exportAuditEntries', { query: { format: 'csv' } })).text).toContain('service.create')
    const table = await call('exportDecisions', { params: inProduction, query: { format: 'csv', table: 'series' } })
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(table.headers.get('content-disposition')).toBe('attachment; filename="decisions-series.csv"')
    expect(table.text.split('\r\n')[0]).toBe('from,to,by,key,label,count,gap,isOpen')
    const bad = await call('exportDecisions', { params: inProduction, query: { table: 'top', by: 'outcome' } })
    expect(bad).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    expect((await call('readTop', { params: inProduction, query: { by: 'caller' } })).status).toBe(200)
    for (const name of [
      'getCurrentSession',
      'listSessions',
      'listAccounts',
      'listApiTokens',
      'listEnvironments',
      'getSetupState',
    ] as const)
      expect((await call(name)).status, name).toBe(200)
  })
})

describe('a fresh installation', () => {
  it('comes with an environment, made once however many gateways start', async () => {
    const database = await createTestDatabase()
    const gateways = await Promise.all([1, 2, 3].map(() => startTestGateway(database)))
    const environments = await database.prisma.environment.findMany({ include: { signingKeys: true } })
    expect(environments.map(({ slug, signingKeys }) => [slug, signingKeys.length])).toEqual([['production', 3]])
    expect(await database.prisma.auditEntry.findMany({ select: { actorKind: true, action: true } })).toEqual([
      { actorKind: 'system', action: 'environment.create' },
    ])
    await Promise.all(gateways.map((gateway) => gateway.close()))
    await database.close()
  })
})
