import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { Overview, SampleDetail, Series, Top } from '../../contract/decisions.ts'
import { EndpointEvidence } from '../../contract/endpoint.ts'
import { SampleQuery } from '../../contract/decisions.ts'
import { systemActor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import type { Rule } from '../../policy/rule.ts'
import { makeDecisionFixture } from './decision-fixture.ts'
import { getSample, listSamples } from './list-samples.ts'
import { readDecisionSeries } from './read-decision-series.ts'
import { readDecisionTop } from './read-decision-top.ts'
import { readEndpointEvidence } from './read-endpoint-evidence.ts'
import { readOverview } from './read-overview.ts'

const actor = systemActor('test')
const needsScope = { access: 'token', requirements: [{ kind: 'scopes', allOf: ['refunds:create'] }] } as const

let database: TestDatabase
let ctx: Pick<ControlContext, 'pool' | 'decisions' | 'database'>
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = { pool: database.pool, database: database.prisma, decisions: createPostgresDecisionStore(database.pool) }
})
afterAll(() => database.close())

/** A would-be denial, an allowed caller, an anonymous one and a request that was only counted. */
async function recordRefunds() {
  const fixture = await makeDecisionFixture(database)
  const endpoint = await fixture.addEndpoint('/refunds', needsScope)
  const denied = await fixture.record({
    caller: 'backoffice',
    outcome: 'would-deny',
    reason: 'scope-missing',
    count: 4,
    hoursAgo: 2,
  })
  await fixture.record({ caller: 'billing', scopes: ['refunds:create'], count: 30, hoursAgo: 200 })
  await fixture.record({ caller: 'billing', scopes: ['refunds:create'], count: 10, hoursAgo: 1 })
  await fixture.record({
    caller: null,
    callerHint: 'legacy-cron/1.4',
    tokenProblem: 'token-missing',
    reason: 'token-missing',
    outcome: 'would-deny',
    count: 3,
  })
  await fixture.record({ caller: null, evaluated: false, mode: 'off', count: 7, hoursAgo: 5 })
  const question = {
    environmentId: fixture.environment.id,
    endpoints: [{ ...endpoint, rule: needsScope, serviceSlug: fixture.service.slug }],
    windowHours: 168,
  }
  return { ...fixture, endpoint, denied, question }
}

describe('evidence', () => {
  test('names who would be denied, why, and what would fix it', async () => {
    const { question } = await recordRefunds()
    const [evidence] = await readEndpointEvidence(ctx, actor, question)
    expect(EndpointEvidence.safeParse(evidence).error).toBeUndefined()
    expect(evidence).toMatchObject({
      readiness: 'not-ready',
      requests: 17,
      wouldDeny: 7,
      unevaluatedRequests: 7,
      upperBound: null,
    })
    expect(
      evidence?.callers.map(({ caller, wouldDeny, reasons }) => [caller.key, wouldDeny, reasons[0]?.reason]),
    ).toEqual([
      ['service:backoffice', 4, 'scope-missing'],
      ['anonymous:legacy-cron/1.4', 3, 'token-missing'],
      ['service:billing', 0, undefined],
    ])
    expect(evidence?.callers[0]?.fixes).toMatchObject([{ kind: 'grant-scope', clientId: 'backoffice' }])
  })

  test('a draft is judged by the same facts', async () => {
    const { question } = await recordRefunds()
    const [evidence] = await readEndpointEvidence(ctx, actor, {
      ...question,
      draft: { access: 'public', requirements: [] },
    })
    expect(evidence).toMatchObject({ wouldDeny: 0, requests: 17 })
    expect(evidence?.readiness).toBe('not-enough-evidence')
  })

  test('requests recorded before the endpoint was declared count', async () => {
    const { record, addEndpoint, question, service } = await recordRefunds()
    await record({ route: '/late', caller: 'billing', scopes: ['refunds:create'] })
    const late = await addEndpoint('/late', needsScope)
    const [evidence] = await readEndpointEvidence(ctx, actor, {
      ...question,
      endpoints: [{ ...late, rule: needsScope, serviceSlug: service.slug }],
    })
    expect(evidence?.requests).toBe(1)
  })

  test('a requirement of context is answered where it was recorded, and said to be open where it was not', async () => {
    const { record, addEndpoint, question, service } = await recordRefunds()
    const swiss = { country: 'CH', autonomousSystem: 3303, device: 'new', signals: [] } as const
    await record({
      route: '/near',
      caller: 'billing',
      context: { ...swiss, observed: ['country'], requirementsMet: [], requirementsUnmet: [] },
      count: 5,
    })
    await record({ route: '/near', caller: 'reporting', count: 2 })
    const near = await addEndpoint('/near', null)
    const ask = (...requirements: Rule['requirements']) =>
      readEndpointEvidence(ctx, actor, {
        ...question,
        endpoints: [{ ...near, rule: null, serviceSlug: service.slug }],
        draft: { access: 'token', requirements },
      })
    const [abroad] = await ask({ kind: 'country', anyOf: ['DE'] })
    expect(abroad).toMatchObject({ readiness: 'not-ready', wouldDeny: 5, undetermined: 2 })
    expect(abroad?.callers[0]?.fixes).toMatchObject([{ kind: 'allow-country' }])
    const [home] = await ask({ kind: 'country', anyOf: ['CH'] }, { kind: 'rate', requestsMax: 5, windowSeconds: 60 })
    expect(home).toMatchObject({ readiness: 'not-enough-evidence', wouldDeny: 0, undetermined: 7 })
    expect(home?.causes.map(({ title }) => title)).toContainEqual(expect.stringContaining('country, rate of requests'))
  })

  test('a caller of the last 30 days that is not in the window is named', async () => {
    const { question, record } = await recordRefunds()
    await record({ caller: 'reporting', scopes: ['refunds:create'], hoursAgo: 20 * 24 })
    const [evidence] = await readEndpointEvidence(ctx, actor, question)
    expect(evidence?.callersNotSeen).toEqual([{ key: 'service:reporting', kind: 'service', name: 'reporting' }])
  })
})

describe('charts', () => {
  test.each(['outcome', 'reason', 'service', 'endpoint', 'caller'] as const)(
    'the series by %s lose no request',
    async (by) => {
      const { environment } = await recordRefunds()
      const series = await readDecisionSeries(ctx, actor, environment.id, { by })
      expect(Series.safeParse(series).error).toBeUndefined()
      const total = series.series.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)
      expect(total).toBe(by === 'outcome' ? 24 : 7)
      expect(series.series.every(({ counts }) => counts.length === series.buckets.length)).toBe(true)
    },
  )

  test('the series by endpoint are named, and routes that none declares are one', async () => {
    const { environment, service, endpoint, record } = await recordRefunds()
    await record({ route: '/old', outcome: 'would-deny', reason: 'token-missing', count: 2 })
    await record({ route: '/older', outcome: 'would-deny', reason: 'token-missing', count: 1 })
    const { series } = await readDecisionSeries(ctx, actor, environment.id, { by: 'endpoint' })
    const totals = series.map(({ key, label, counts }) => [key, label, counts.reduce((sum, count) => sum + count, 0)])
    expect(totals.toSorted((a, b) => Number(b[2]) - Number(a[2]))).toEqual([
      [endpoint.id, `${service.slug} POST /refunds`, 7],
      ['undeclared', 'undeclared', 3],
    ])
  })

  test('a window of one mode counts what was decided in it', async () => {
    const { environment, record } = await recordRefunds()
    await record({ outcome: 'denied', reason: 'scope-missing', mode: 'enforce', count: 9 })
    const { series } = await readDecisionSeries(ctx, actor, environment.id, {
      by: 'outcome',
      mode: 'enforce',
    })
    expect(series.map(({ key, counts }) => [key, counts.reduce((sum, count) => sum + count, 0)])).toEqual([
      ['denied', 9],
    ])
  })

  test('an hour of three weeks ago has the counts that are kept of it', async () => {
    const { environment, record } = await recordRefunds()
    await record({ outcome: 'denied', reason: 'scope-missing', mode: 'enforce', count: 9, hoursAgo: 21 * 24 })
    await database.pool.query(`DELETE FROM decision_minute WHERE bucket < now() - interval '14 days'`)
    const window = {
      from: new Date(Date.now() - 21 * 86_400_000 - 3_600_000).toISOString(),
      to: new Date(Date.now() - 21 * 86_400_000 + 1_000).toISOString(),
    }
    const { series } = await readDecisionSeries(ctx, actor, environment.id, { by: 'outcome', ...window })
    expect(series.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)).toBe(9)
    const { items } = await readDecisionTop(ctx, actor, environment.id, { by: 'caller', limit: 5, ...window })
    expect(items).toMatchObject([{ denied: 9 }])
  })

  test('a bar is not narrower than the step in which traffic was recorded', async () => {
    const { environment, record } = await makeDecisionFixture(database)
    for (const quarters of [1, 2, 3, 4, 6, 7]) await record({ count: 5, replayed: true, hoursAgo: quarters / 4 })
    const from = new Date(Date.now() - 3 * 3_600_000).toISOString()
    const read = () => readDecisionSeries(ctx, actor, environment.id, { by: 'outcome', from })
    expect(await read()).toMatchObject({ bucketSeconds: 900, series: [{ key: 'allowed' }] })
    await record({ count: 1, hoursAgo: 0.35 })
    expect((await read()).bucketSeconds).toBe(300)
  })

  test('a longer window reads hours, and gives the same counts', async () => {
    const { environment } = await recordRefunds()
    const from = new Date(Date.now() - 20 * 86_400_000).toISOString()
    const series = await readDecisionSeries(ctx, actor, environment.id, { by: 'outcome', from })
    expect(series.bucketSeconds).toBeGreaterThanOrEqual(3_600)
    expect(series.series.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)).toBe(54)
  })

  test('top callers come by denials, and filters hold', async () => {
    const { environment, service } = await recordRefunds()
    const top = await readDecisionTop(ctx, actor, environment.id, { by: 'caller', limit: 10 })
    expect(Top.safeParse(top).error).toBeUndefined()
    expect(top.items.map(({ key }) => key)).toEqual([
      'service:backoffice',
      'anonymous:legacy-cron/1.4',
      'service:billing',
    ])
    const filtered = await readDecisionTop(ctx, actor, environment.id, {
      by: 'endpoint',
      limit: 10,
      reason: 'token-missing',
      service: service.slug,
    })
    expect(filtered.items).toMatchObject([{ 'would-deny': 3, allowed: 0 }])
    expect(
      (await readDecisionTop(ctx, actor, environment.id, { by: 'endpoint', limit: 10, service: 'nobody' })).items,
    ).toEqual([])
  })

  test('a window that ends before it starts is refused by name', async () => {
    const { environment } = await recordRefunds()
    const query = { by: 'outcome' as const, from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }
    await expect(readDecisionSeries(ctx, actor, environment.id, query)).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: 'query/from' }],
    })
  })
})

describe('single decisions', () => {
  test('are listed newest first, page by page, and open with their checks', async () => {
    const { environment, denied } = await recordRefunds()
    const ids = [randomUUID(), randomUUID(), randomUUID()]
    for (const [index, id] of ids.entries()) {
      await database.pool.query(
        `INSERT INTO decision_sample (id, at, signature_id, environment_id, instance_id, path, device, checks, revision)
         VALUES ($1, now() - make_interval(mins => $2), $3, $4, $5, '/refunds', 'phone-1', '[{"check":"scopes","passed":false,"detail":"refunds:create is missing"}]', 3)`,
        [id, index + 1, denied, environment.id, randomUUID()],
      )
    }
    const query = SampleQuery.parse({ limit: 2 })
    const first = await listSamples(ctx, actor, environment.id, query)
    const second = await listSamples(ctx, actor, environment.id, { ...query, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
    expect(second.nextCursor).toBeNull()
    const detail = await getSample(ctx, actor, environment.id, ids[0] ?? '')
    expect(SampleDetail.safeParse(detail).error).toBeUndefined()
    expect(detail).toMatchObject({ device: 'phone-1', context: null })
    expect(detail.checks).toEqual([{ check: 'scopes', passed: false, detail: 'refunds:create is missing' }])
  })

  test('of another environment are not found', async () => {
    const { environment } = await recordRefunds()
    await expect(getSample(ctx, actor, environment.id, randomUUID())).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('overview', () => {
  test('counts the fleet and says what needs attention', async () => {
    const { environment, addEndpoint } = await recordRefunds()
    await addEndpoint('/open', { access: 'token', requirements: [] })
    await addEndpoint('/unknown', null, 'off')
    const overview = await readOverview(ctx, actor, environment)
    expect(Overview.safeParse(overview).error).toBeUndefined()
    expect(overview).toMatchObject({
      endpoints: { off: 1, 'log-only': 2, enforce: 0 },
      last24Hours: { allowed: 10, 'would-deny': 7, denied: 0, unevaluated: 7 },
      deniedCallers24Hours: 2,
    })
    expect(overview.attention.map(({ kind }) => kind).filter((kind) => kind !== 'silent-service')).toEqual([
      'would-break',
      'anonymous-caller',
      'requires-nothing',
      'no-rule',
    ])
  })

  test('a denial that the forecast did not name is critical', async () => {
    const { environment, addEndpoint, record } = await makeDecisionFixture(database)
    const endpoint = await addEndpoint('/refunds', needsScope, 'enforce')
    await database.prisma.modeChange.create({
      data: {
        environmentId: environment.id,
        endpointId: endpoint.id,
        revision: 1,
        fromMode: 'log_only',
        fromPercent: 100,
        toMode: 'enforce',
        toPercent: 100,
        forecast: {
          requests: 10,
          wouldDeny: 1,
          windowHours: 168,
          callers: [{ caller: { key: 'service:known', kind: 'service', name: 'known' }, wouldDeny: 1 }],
        },
        actorName: 'test',
        at: new Date(Date.now() - 3_600_000),
      },
    })
    await record({ caller: 'known', outcome: 'denied', reason: 'scope-missing', mode: 'enforce', count: 2 })
    await record({ caller: 'stranger', outcome: 'denied', reason: 'scope-missing', mode: 'enforce', count: 5 })
    const { attention } = await readOverview(ctx, actor, environment)
    expect(attention[0]).toMatchObject({ kind: 'unforeseen-denial', severity: 'critical', count: 5 })
    expect(attention[0]?.detail).toContain('stranger')
  })
})
