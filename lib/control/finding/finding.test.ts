import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LeastPrivilege, Lifetimes, SharedCredentials, Stalled } from '../../contract/findings.ts'
import { TOKEN_AGE_BUCKETS, tokenAgeBucket } from '../../policy/token-age.ts'
import type { Rule } from '../../policy/rule.ts'
import { makeDecisionFixture } from '../decision/decision-fixture.ts'
import { readOverview } from '../decision/read-overview.ts'
import { createTestControl, type TestControl } from '../test-control.ts'
import { exportFindings } from './export-findings.ts'
import { listSharedCredentials } from './list-shared-credentials.ts'
import { readLeastPrivilege } from './read-least-privilege.ts'
import { readLifetimes } from './read-lifetimes.ts'
import { readStalled } from './read-stalled.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS)
const ageOf = (seconds: number, count: number): number[] => {
  const ages = new Array<number>(TOKEN_AGE_BUCKETS).fill(0)
  ages[tokenAgeBucket(seconds)] = count
  return ages
}
const needs = (...allOf: string[]): Rule => ({ access: 'token', requirements: [{ kind: 'scopes', allOf }] })

let control: TestControl
beforeAll(async () => {
  control = await createTestControl()
})
afterAll(() => control.database.close())

async function startFleet() {
  const fixture = await makeDecisionFixture(control.database)
  const { prisma } = control.database
  const { environment, service } = fixture
  const addIdentity = async (tokenLifetimeSeconds: number | null = null) => {
    const clientId = `caller-${randomUUID().slice(0, 8)}`
    const identity = await prisma.identity.create({ data: { clientId, kind: 'integration', name: clientId } })
    await prisma.identitySetting.create({
      data: {
        ...{ identityId: identity.id, environmentId: environment.id, tokenLifetimeSeconds },
        tokenLifetimeReason: (tokenLifetimeSeconds ?? 0) > 3_600 ? 'The nightly load' : null,
      },
    })
    return identity
  }
  const addScope = (name: string, tokenLifetimeSeconds: number | null = null) =>
    prisma.scope.create({ data: { serviceId: service.id, name, tokenLifetimeSeconds } })
  const grant = (identityId: string, scopeId: string, createdAt: Date) =>
    prisma.grant.create({
      data: { identityId, scopeId, environmentId: environment.id, createdAt, createdBy: 'somebody', note: '=1+1' },
    })
  return { ...fixture, prisma, addIdentity, addScope, grant }
}

const LIFETIME_QUERY = { days: 30, limit: 100, at: [300, 600, 900] }

describe('lifetimes', () => {
  test('say how long tokens live, how old they are used and whom a shorter lifetime breaks', async () => {
    const { environment, service, record, addIdentity, addScope } = await startFleet()
    const [daily, quick] = [await addIdentity(86_400), await addIdentity()]
    await addScope('reports:read', 7_200)
    const uses = { scopes: ['orders:read'], tokenAges: ageOf(200, 400), count: 400 }
    await record({ caller: daily.clientId, ...uses, hoursAgo: 24 * 20 })
    await record({ caller: daily.clientId, ...uses, scopes: ['reports:read'], tokenAges: ageOf(500, 3), count: 3 })
    await record({ caller: quick.clientId, ...uses, tokenAges: ageOf(2, 900), count: 900 })
    await record({ caller: quick.clientId, tokenProblem: 'token-expired', tokenAges: ageOf(80_000, 5), count: 5 })
    await record({ caller: 'deleted-since', tokenAges: ageOf(80_000, 5), count: 5 })
    const answer = await readLifetimes(control.ctx, control.viewer, environment.slug, LIFETIME_QUERY)
    expect(Lifetimes.safeParse(answer).error).toBeUndefined()
    expect(answer.items.map(({ caller }) => caller.name)).toEqual([daily.clientId, quick.clientId])
    expect(answer.items[0]).toMatchObject({
      standing: 'shorten',
      isFarLonger: true,
      ...{ issuedSeconds: 86_400, shortestSeconds: 600, oldestUseSeconds: 600, uses: 403 },
      breaks: [
        { seconds: 300, atLeast: 3, atMost: 3 },
        { seconds: 600, atLeast: 0, atMost: 0 },
        { seconds: 900, atLeast: 0, atMost: 0 },
      ],
      services: [{ serviceSlug: service.slug, issuedSeconds: 86_400, uses: 403 }],
    })
    expect(answer.items[1]).toMatchObject({ standing: 'not-enough-evidence', issuedSeconds: 900, shortestSeconds: 30 })
    expect(answer.breaking[0]).toEqual({
      ...{ seconds: 300, callers: 1, atLeast: 3, atMost: 3 },
      most: [{ caller: answer.items[0]?.caller, atLeast: 3, atMost: 3 }],
    })
  })

  test('count what lies between two edges as bounds, and come in pages without gaps', async () => {
    const { environment, record, addIdentity } = await startFleet()
    for (const seconds of [200, 400, 700])
      await record({ caller: (await addIdentity()).clientId, tokenAges: ageOf(seconds, 10), count: 10 })
    const query = { days: 30, limit: 2, at: [450] }
    const first = await readLifetimes(control.ctx, control.viewer, environment.slug, query)
    expect(first.breaking[0]).toMatchObject({ callers: 2, atLeast: 10, atMost: 20 })
    expect(first.callersSeen).toBe(3)
    const cursor = first.nextCursor ?? ''
    const second = await readLifetimes(control.ctx, control.viewer, environment.slug, { ...query, cursor })
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null])
    expect(new Set([...first.items, ...second.items].map(({ caller }) => caller.key)).size).toBe(3)
  })

  test('break nobody where nothing was recorded, and say that this is not known', async () => {
    const [silent, busy] = [await startFleet(), await startFleet()]
    await busy.record({ caller: (await busy.addIdentity()).clientId, tokenAges: ageOf(200, 10), count: 10 })
    const read = ({ environment }: typeof busy) =>
      readLifetimes(control.ctx, control.viewer, environment.slug, { days: 30, limit: 2, at: [450] })
    expect(await read(silent)).toMatchObject({ callersSeen: 0, breaking: [{ callers: 0 }] })
    expect(await read(busy)).toMatchObject({ callersSeen: 1, breaking: [{ callers: 0 }] })
  })

  test('of people are their issuer’s matter', async () => {
    const { environment, record } = await startFleet()
    const id = await record({ caller: 'user@login', tokenAges: ageOf(3_000, 500), count: 500 })
    await control.database.pool.query(`UPDATE decision_signature SET caller_kind = 'user' WHERE id = $1`, [id])
    const { items } = await readLifetimes(control.ctx, control.viewer, environment.slug, LIFETIME_QUERY)
    expect(items).toMatchObject([{ standing: 'issuer-decides', issuedSeconds: null }])
  })
})

const PRIVILEGE_QUERY = { days: 10 }

describe('least privilege', () => {
  test('tells grants that were not needed for the whole window from those watched for less', async () => {
    const { environment, record, addEndpoint, addIdentity, addScope, grant } = await startFleet()
    const [held, lately, used] = [
      await addScope('refunds:create'),
      await addScope('refunds:read'),
      await addScope('orders:read'),
    ]
    const identity = await addIdentity()
    await addEndpoint('/orders', needs('orders:read'))
    await record({ route: '/orders', caller: identity.clientId, scopes: ['orders:read'], hoursAgo: 24 * 12 })
    await record({ route: '/orders', caller: identity.clientId, scopes: ['orders:read'] })
    await grant(identity.id, held.id, daysAgo(40))
    await grant(identity.id, lately.id, daysAgo(3))
    await grant(identity.id, used.id, daysAgo(40))
    const answer = await readLeastPrivilege(control.ctx, control.viewer, environment.slug, PRIVILEGE_QUERY)
    expect(LeastPrivilege.safeParse(answer).error).toBeUndefined()
    expect(answer.unusedGrants.items.map((item) => [item.scope, item.isConclusive, item.watchedDays])).toEqual([
      ['refunds:create', true, 10],
      ['refunds:read', false, 3],
    ])
    expect(answer.narrowGrants.total).toBe(0)
  })

  test('a grant of a service that reports nothing is watched for no time', async () => {
    const { environment, addIdentity, addScope, grant } = await startFleet()
    await grant((await addIdentity()).id, (await addScope('refunds:create')).id, daysAgo(40))
    const { unusedGrants } = await readLeastPrivilege(control.ctx, control.viewer, environment.slug, PRIVILEGE_QUERY)
    expect(unusedGrants.items).toMatchObject([{ watchedDays: 0, isConclusive: false }])
  })

  test('names the scope that opens several endpoints and is needed at one', async () => {
    const { environment, record, addEndpoint, addIdentity, addScope, grant } = await startFleet()
    const identity = await addIdentity()
    const scope = await addScope('orders:read')
    const endpoint = await addEndpoint('/orders', needs('orders:read'))
    await addEndpoint('/orders/:id', needs('orders:read'))
    await grant(identity.id, scope.id, daysAgo(40))
    await record({ route: '/orders', caller: identity.clientId, scopes: ['orders:read'] })
    const { narrowGrants } = await readLeastPrivilege(control.ctx, control.viewer, environment.slug, PRIVILEGE_QUERY)
    expect(narrowGrants.items).toMatchObject([
      { clientId: identity.clientId, scope: 'orders:read', opens: 2, usedAt: { id: endpoint.id, route: '/orders' } },
    ])
  })

  test('lists endpoints without a rule by traffic, and proposes rules that every caller meets already', async () => {
    const { environment, record, addEndpoint, addScope } = await startFleet()
    await addScope('orders:read')
    await addEndpoint('/quiet', null, 'off')
    await addEndpoint('/busy', null, 'off')
    const wide = await addEndpoint('/orders', { access: 'token', requirements: [] })
    await record({ route: '/busy', caller: null, evaluated: false, mode: 'off', count: 50 })
    await record({ route: '/orders', scopes: ['orders:read'], tokenAges: ageOf(60, 400), count: 400 })
    const answer = await readLeastPrivilege(control.ctx, control.viewer, environment.slug, PRIVILEGE_QUERY)
    expect(LeastPrivilege.safeParse(answer).error).toBeUndefined()
    expect(answer.unruledEndpoints.items.map(({ route, requests }) => [route, requests])).toEqual([
      ['/busy', 50],
      ['/quiet', 0],
    ])
    expect(answer.wideRules.items).toMatchObject([
      { endpointId: wide.id, proposal: { rule: needs('orders:read'), requests: 400, isConclusive: true } },
    ])
    await control.database.pool.query('UPDATE endpoint SET rule = $2 WHERE id = $1', [wide.id, needs('orders:read')])
    const after = await readLeastPrivilege(control.ctx, control.viewer, environment.slug, PRIVILEGE_QUERY)
    expect(after.wideRules.total).toBe(0)
  })
})

describe('what stands still', () => {
  test('is in log-only for long, oldest first, with the step that comes next', async () => {
    const { environment, record, addEndpoint } = await startFleet()
    const [old, young] = [
      await addEndpoint('/refunds', needs('refunds:create')),
      await addEndpoint('/orders', needs('orders:read')),
    ]
    await control.database.prisma.endpoint.update({ where: { id: old.id }, data: { createdAt: daysAgo(20) } })
    await record({ caller: 'backoffice', outcome: 'would-deny', reason: 'scope-missing', count: 4 })
    const query = { days: 14 }
    const answer = await readStalled(control.ctx, control.viewer, environment.slug, query)
    expect(Stalled.safeParse(answer).error).toBeUndefined()
    expect(answer.endpoints.items).toMatchObject([
      {
        ...{ endpointId: old.id, readiness: 'not-ready', days: 20 },
        nextStep: {
          kind: 'fix-callers',
          callers: [{ caller: { name: 'backoffice' }, fixes: [{ kind: 'grant-scope' }] }],
        },
      },
    ])
    const none = await readStalled(control.ctx, control.viewer, environment.slug, { days: 30 })
    expect([none.endpoints.total, none.oldestDays]).toEqual([0, 20])
    const all = await readStalled(control.ctx, control.viewer, environment.slug, { days: 0 })
    expect(all.endpoints.items.map(({ endpointId }) => endpointId)).toEqual([old.id, young.id])
    expect(all.endpoints.items[1]?.nextStep.kind).toBe('gather-evidence')
  })

  test('counts from the change of mode, not from one of the percent', async () => {
    const { environment, addEndpoint } = await startFleet()
    const endpoint = await addEndpoint('/refunds', null)
    const change = (fromMode: 'off' | 'log_only', at: Date) =>
      control.database.prisma.modeChange.create({
        data: {
          ...{ environmentId: environment.id, endpointId: endpoint.id, revision: 1, fromMode, fromPercent: 100 },
          ...{ toMode: 'log_only', toPercent: 100, forecast: {}, actorName: 'somebody', at },
        },
      })
    await change('off', daysAgo(30))
    await change('log_only', daysAgo(2))
    const { endpoints } = await readStalled(control.ctx, control.viewer, environment.slug, { days: 14 })
    expect(endpoints.items).toMatchObject([{ endpointId: endpoint.id, days: 30 }])
  })

  test('names services that were never started, poll no longer or report nothing', async () => {
    const { environment, service, record, addEndpoint } = await startFleet()
    await addEndpoint('/refunds', null)
    const ask = async () => {
      const { services } = await readStalled(control.ctx, control.viewer, environment.slug, {
        ...{ days: 14, service: service.slug },
      })
      return services.items.map(({ silence }) => silence)
    }
    expect(await ask()).toEqual(['never-started'])
    const seen = { startedAt: daysAgo(9), lastSeenAt: daysAgo(3), environmentId: environment.id, serviceId: service.id }
    const instance = await control.database.prisma.instance.create({ data: { id: randomUUID(), ...seen } })
    expect(await ask()).toEqual(['not-polling'])
    await control.database.prisma.instance.update({ where: { id: instance.id }, data: { lastSeenAt: new Date() } })
    await record({ replayed: true })
    expect(await ask()).toEqual(['no-traffic'])
    await record({})
    expect(await ask()).toEqual([])
  })
})

async function shareCredential() {
  const fleet = await startFleet()
  const identity = await fleet.addIdentity()
  const credential = await fleet.prisma.credential.create({
    data: {
      ...{ identityId: identity.id, environmentId: fleet.environment.id, kind: 'public_key', name: '=deploy key' },
      ...{ keyId: randomUUID(), publicJwk: {}, createdBy: 'somebody' },
    },
  })
  const use = (workload: string, address: string) =>
    fleet.prisma.credentialUse.create({
      data: { credentialId: credential.id, workload, address, firstAt: daysAgo(2), lastAt: new Date(), count: 300 },
    })
  await use('orders-api', '10.0.0.1')
  await use('stock-sync', '10.0.0.9')
  return { ...fleet, identity, credential }
}

describe('shared credentials', () => {
  test('are a probability with what speaks for it, for one identity or all', async () => {
    const { environment, identity, credential } = await shareCredential()
    const answer = await listSharedCredentials(control.ctx, control.viewer, environment.slug, {
      clientId: identity.clientId,
    })
    expect(SharedCredentials.safeParse(answer).error).toBeUndefined()
    expect(answer.items).toMatchObject([
      {
        ...{ credentialId: credential.id, clientId: identity.clientId },
        programs: [
          { workload: 'orders-api', addresses: ['10.0.0.1'], count: 300 },
          { workload: 'stock-sync', addresses: ['10.0.0.9'], count: 300 },
        ],
      },
    ])
    expect(answer.items[0]?.probability).toBeGreaterThan(0.9)
    const others = await listSharedCredentials(control.ctx, control.viewer, environment.slug, { clientId: 'nobody' })
    expect(others).toEqual({ items: [], total: 0 })
  })

  test('weigh what services saw of them, and not a credential that is revoked', async () => {
    const { environment, identity, credential, record } = await shareCredential()
    const seen = { country: null, autonomousSystem: null, device: 'none', signals: ['credential-concurrent'] } as const
    const context = { ...seen, observed: [], requirementsMet: [], requirementsUnmet: [] }
    await record({ caller: identity.clientId, count: 6, context })
    const answer = await listSharedCredentials(control.ctx, control.viewer, environment.slug, {})
    expect(answer.items[0]?.signs.at(-1)).toMatchObject({ kind: 'concurrency' })
    expect(answer.items[0]?.signs.at(-1)?.detail).toContain('6 requests')
    await control.database.prisma.credential.update({ where: { id: credential.id }, data: { revokedAt: new Date() } })
    expect((await listSharedCredentials(control.ctx, control.viewer, environment.slug, {})).total).toBe(0)
  })
})

describe('the overview', () => {
  const attentionOf = async (environment: Parameters<typeof readOverview>[2], kind: string) =>
    (await readOverview(control.ctx, control.viewer, environment)).attention.filter((item) => item.kind === kind)

  test('calls a shared credential as probable as the findings do', async () => {
    const { environment, identity } = await shareCredential()
    const { items } = await listSharedCredentials(control.ctx, control.viewer, environment.slug, {})
    const percent = Math.round((items[0]?.probability ?? 0) * 100)
    expect(await attentionOf(environment, 'shared-credential')).toMatchObject([
      {
        severity: 'warning',
        title: `Very likely shared, ${String(percent)}\u00a0%: a credential of ${identity.clientId}`,
        path: '/findings/shared-credentials',
      },
    ])
  })

  test('says of a grant that was watched too short that it was', async () => {
    const { environment, record, addEndpoint, addIdentity, addScope, grant } = await startFleet()
    const identity = await addIdentity()
    await addEndpoint('/orders', needs('orders:read'))
    await record({ route: '/orders', caller: identity.clientId, hoursAgo: 24 * 29 })
    await grant(identity.id, (await addScope('refunds:create')).id, daysAgo(3))
    const [item] = await attentionOf(environment, 'unused-scope')
    expect(item?.title).toBe(`${identity.clientId} has not yet used a scope it holds`)
    expect(item?.detail).toContain('in 3 of 30 days. Watched too short')
  })

  test('names services that say nothing, as the findings do', async () => {
    const { environment, service } = await startFleet()
    const { services } = await readStalled(control.ctx, control.viewer, environment.slug, { days: 14 })
    const items = await attentionOf(environment, 'silent-service')
    expect(items).toMatchObject([
      { severity: 'notice', count: services.total, path: '/findings/stalled#silent-services' },
    ])
    const seen = { startedAt: daysAgo(9), lastSeenAt: daysAgo(3), environmentId: environment.id, serviceId: service.id }
    await control.database.prisma.instance.create({ data: { id: randomUUID(), ...seen } })
    const [first] = await attentionOf(environment, 'silent-service')
    expect(first).toMatchObject({ severity: 'warning', title: '1 service does not poll' })
    expect(first?.detail).toContain(service.slug)
  })
})

describe('an export', () => {
  async function read(slug: string, query: Parameters<typeof exportFindings>[3]): Promise<string> {
    let text = ''
    for await (const chunk of await exportFindings(control.ctx, control.viewer, slug, query)) text += chunk
    return text
  }

  test('holds a line for each finding, in which nothing is a formula', async () => {
    const { environment, credential, identity, addScope, grant } = await shareCredential()
    await grant(identity.id, (await addScope('refunds:create')).id, daysAgo(40))
    const table = await read(environment.slug, { kind: 'shared-credentials', format: 'csv' })
    expect(table.split('\r\n').length).toBe(3)
    expect(table).toContain(`${credential.id},'=deploy key,${identity.clientId},0.9`)
    const grants = await read(environment.slug, { kind: 'unused-grants', format: 'csv' })
    expect(grants.split('\r\n')[1]).toContain(",'=1+1,0,0,false")
    const lines = await read(environment.slug, { kind: 'unused-grants', format: 'jsonl', days: 7 })
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ clientId: identity.clientId, scope: 'refunds:create', note: '=1+1', isConclusive: false }])
  })

  test('of lifetimes has a line for each service a caller calls', async () => {
    const { environment, service, record, addIdentity } = await startFleet()
    const { clientId } = await addIdentity(3_600)
    await record({ caller: clientId, tokenAges: ageOf(200, 400), count: 400 })
    const [header = '', row = ''] = (await read(environment.slug, { kind: 'lifetimes', format: 'csv' })).split('\r\n')
    expect(header).toMatch(/^callerKind,caller,serviceSlug,uses,issuedSeconds/)
    expect(row).toMatch(
      new RegExp(`^service,${clientId},${service.slug},400,3600,240,240,240,not-enough-evidence,240,`),
    )
  })

  test('refuses a window that the list would refuse, and another environment', async () => {
    const { environment } = await startFleet()
    await expect(read(environment.slug, { kind: 'lifetimes', format: 'csv', days: 90 })).rejects.toMatchObject({
      code: 'invalid-request',
    })
    await expect(read('nowhere', { kind: 'wide-rules', format: 'csv' })).rejects.toMatchObject({ code: 'not-found' })
  })
})
