import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { systemActor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { createDecisionIngest } from './decision-ingest.ts'
import { makeDecisionFixture } from './decision-fixture.ts'
import { readDecisionSeries } from './read-decision-series.ts'
import { createHeardRecord } from './record-heard.ts'

const actor = systemActor('test')
const HOUR_MS = 3_600_000
const PRESENT_HOUR = Math.floor(Date.now() / HOUR_MS)
/** The start of the hour so many before the present one. */
const hourAgo = (hours: number): number => (PRESENT_HOUR - hours) * HOUR_MS

let database: TestDatabase
let ctx: DecisionContext
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = { pool: database.pool, decisions: createPostgresDecisionStore(database.pool) }
})
afterAll(() => database.close())

/** A service that was heard of in some hours before the present one. */
async function hearOf(...hours: readonly number[]) {
  const fixture = await makeDecisionFixture(database)
  const reporter = { environmentId: fixture.environment.id, serviceId: fixture.service.id }
  const hear = (service: typeof reporter, ...heard: readonly number[]) =>
    createHeardRecord(database.pool)([
      { ...service, spans: heard.map((hour) => ({ fromMs: hourAgo(hour), toMs: hourAgo(hour) + HOUR_MS - 1 })) },
    ])
  await hear(reporter, ...hours)
  return { ...fixture, reporter, hear }
}

/** Hours before the present one, of the last five, by what is said of them. */
async function readGaps(environmentId: string, filter: { service?: string; endpoint?: string } = {}) {
  const { gaps, buckets } = await readDecisionSeries(ctx, actor, environmentId, {
    by: 'outcome',
    from: new Date(hourAgo(5)).toISOString(),
    to: new Date(hourAgo(0)).toISOString(),
    ...filter,
  })
  expect(buckets[0]).toBe(new Date(hourAgo(5)).toISOString())
  return gaps.map(({ from, to, kind }) => [
    kind,
    (hourAgo(0) - Date.parse(from)) / HOUR_MS,
    (hourAgo(0) - Date.parse(to)) / HOUR_MS,
  ])
}

describe('a time without decisions', () => {
  test('is zero where an instance was heard of, and not known where none was', async () => {
    const { environment } = await hearOf(30, 5, 4, 2, 1)
    // The minute after the last word still tells of a live instance.
    const [[kind, from, to] = [], ...others] = await readGaps(environment.id)
    expect([kind, to, others]).toEqual(['silent', 2, []])
    expect(from).toBeLessThanOrEqual(3)
    expect(from).toBeGreaterThan(2.8)
  })

  test('before anything was heard of is said to be from before', async () => {
    const { environment } = await hearOf(2, 1)
    expect(await readGaps(environment.id)).toEqual([['before-recording', 5, 2]])
  })

  test('is judged by the services that the filter leaves', async () => {
    const { environment, service, hear, addEndpoint } = await hearOf(30, 5, 1)
    const { id: otherId, slug } = await database.prisma.service.create({
      data: { slug: `svc-${randomUUID().slice(0, 8)}`, name: 'Other' },
    })
    const endpoint = await addEndpoint('/refunds', null)
    await hear({ environmentId: environment.id, serviceId: otherId }, 5, 4, 3, 2, 1)
    expect(await readGaps(environment.id)).toEqual([])
    expect(await readGaps(environment.id, { service: slug })).toEqual([])
    for (const filter of [{ service: service.slug }, { endpoint: endpoint.id }])
      expect(await readGaps(environment.id, filter)).toMatchObject([['silent', expect.any(Number), 1]])
  })

  test('of another environment says nothing about this one', async () => {
    const { reporter } = await hearOf(5, 4, 3, 2, 1)
    const elsewhere = await makeDecisionFixture(database)
    expect(await readGaps(elsewhere.environment.id)).toEqual([['before-recording', 5, 0]])
    expect(await readGaps(reporter.environmentId)).toEqual([])
  })
})

describe('what was heard', () => {
  test('is written once, whoever says it again', async () => {
    const fixture = await makeDecisionFixture(database)
    let writes = 0
    const counted = new Proxy(database.pool, {
      get: (pool, name) =>
        name === 'query'
          ? (...given: [string, unknown[]]) => {
              writes++
              return pool.query(...given)
            }
          : (Reflect.get(pool, name) as unknown),
    })
    const record = createHeardRecord(counted)
    const at = hourAgo(1)
    const heard = (fromMs: number) => ({
      environmentId: fixture.environment.id,
      serviceId: fixture.service.id,
      spans: [{ fromMs, toMs: fromMs }],
    })
    await record([heard(at), heard(at + 1_000)])
    await record([heard(at + 59_000)])
    expect(writes).toBe(1)
    await record([heard(at + 60_000)])
    expect(writes).toBe(2)
    const { rows } = await database.pool.query<{ minutes: number }>(
      'SELECT sum(bit_count(minutes))::int AS minutes FROM heard_day WHERE environment_id = $1',
      [fixture.environment.id],
    )
    expect(rows).toEqual([{ minutes: 2 }])
  })

  test('of a service that is gone is left out, and the others are kept', async () => {
    const fixture = await makeDecisionFixture(database)
    const span = { fromMs: hourAgo(1), toMs: hourAgo(1) }
    const environmentId = fixture.environment.id
    await createHeardRecord(database.pool)([
      { environmentId, serviceId: randomUUID(), spans: [span] },
      { environmentId, serviceId: fixture.service.id, spans: [span] },
    ])
    const { rows } = await database.pool.query('SELECT service_id FROM heard_day WHERE environment_id = $1', [
      environmentId,
    ])
    expect(rows).toEqual([{ service_id: fixture.service.id }])
  })

  test('late closes the gap of the time it tells of', async () => {
    const { environment, reporter } = await hearOf(30, 5, 4, 1)
    expect(await readGaps(environment.id)).toMatchObject([['silent', expect.any(Number), 1]])
    const at = new Date(hourAgo(2) + HOUR_MS / 2)
    const report = {
      method: 'POST',
      route: '/refunds',
      mode: 'log-only',
      outcome: 'allowed',
      reason: null,
      tokenProblem: null,
      callerKind: 'service',
      caller: 'billing',
      callerHint: null,
      issuer: null,
      scopes: [],
      missingScopes: [],
      sender: 'none',
      context: null,
      evaluated: true,
      count: 3,
      firstAt: new Date(at.getTime() - 60_000).toISOString(),
      lastAt: at.toISOString(),
      revision: 1,
      tokenAges: null,
    }
    const { accepted, refused } = await createDecisionIngest(ctx)(reporter, {
      batchId: randomUUID(),
      instance: {
        id: randomUUID(),
        workload: '',
        sdkVersion: '1',
        nodeVersion: '24',
        framework: '',
        hostname: '',
        startedAt: report.firstAt,
        epoch: null,
        revision: null,
        state: 'fresh',
      },
      window: { from: report.firstAt, to: report.lastAt },
      signatures: [report],
      samples: [],
      dropped: { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 },
      replayed: false,
    })
    expect([accepted.decisions, refused]).toEqual([3, []])
    const reason = await readDecisionSeries(ctx, actor, environment.id, {
      by: 'outcome',
      reason: 'scope-missing',
      from: new Date(hourAgo(2)).toISOString(),
      to: new Date(hourAgo(1)).toISOString(),
    })
    // Nothing of this reason was counted, and in the minutes of the report that is known to be nothing.
    expect(reason.series).toEqual([])
    const isGap = (ms: number) => reason.gaps.some(({ from, to }) => Date.parse(from) <= ms && ms < Date.parse(to))
    expect(isGap(at.getTime())).toBe(false)
    expect(isGap(hourAgo(2) + 5 * 60_000)).toBe(true)
  })
})
