import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { readSeries } from '#lib/store/decisions/read-series.ts'
import { readSignatureTotals } from '#lib/store/decisions/read-signature-totals.ts'
import { readTop } from '#lib/store/decisions/read-top.ts'
import { decodeDay, encodeDay } from '#lib/store/decisions/day-segment.ts'
import { storeDaySegments } from '#lib/store/decisions/day-segments.ts'
import { settleDays } from '#lib/store/decisions/settle-days.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import type { DecisionBatch } from '../../contract/machine.ts'
import { systemActor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { makeDecisionFixture } from './decision-fixture.ts'
import { createDecisionIngest } from './decision-ingest.ts'
import { readDecisionSeries } from './read-decision-series.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SLOT_SECONDS = 10_800
const RECORDED_EVERY_HOURS = 47

let database: TestDatabase
let ctx: DecisionContext
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = { pool: database.pool, decisions: createPostgresDecisionStore(database.pool) }
})
afterAll(() => database.close())

const ages = (...counts: number[]) => [...counts, ...Array.from({ length: 17 - counts.length }, () => 0)]

/** A month of several callers and outcomes, on declared endpoints and others. */
async function recordMonth() {
  const fixture = await makeDecisionFixture(database)
  const endpoint = await fixture.addEndpoint('/refunds', { access: 'token', requirements: [] })
  for (let hoursAgo = 0; hoursAgo < 29 * 24; hoursAgo += RECORDED_EVERY_HOURS) {
    await fixture.record({
      caller: `caller-${hoursAgo % 7}`,
      hoursAgo,
      count: 10 + hoursAgo,
      tokenAges: ages(3, hoursAgo % 5),
    })
    await fixture.record({ caller: 'backoffice', outcome: 'would-deny', reason: 'scope-missing', hoursAgo, count: 3 })
    await fixture.record({
      route: '/old',
      caller: null,
      callerHint: 'cron',
      outcome: 'would-deny',
      reason: 'token-missing',
      hoursAgo,
    })
    await fixture.record({ caller: null, evaluated: false, mode: 'off', hoursAgo, count: 5 })
  }
  return { ...fixture, endpoint }
}

const monthOf = (environmentId: string) => {
  const slotMs = SLOT_SECONDS * 1_000
  return {
    environmentId,
    from: new Date(Math.ceil((Date.now() - 29 * DAY_MS) / slotMs) * slotMs),
    to: new Date(Math.ceil((Date.now() + 1) / slotMs) * slotMs),
  }
}

const bySignature = (a: { signatureId: string }, b: { signatureId: string }) =>
  Number(a.signatureId) - Number(b.signatureId)
const inOrder = <Row extends object>(rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort()

describe('days that are over', () => {
  test('give the same numbers folded and not, in memory and from the tables', async () => {
    const { environment } = await recordMonth()
    const month = monthOf(environment.id)
    const readAll = async () => {
      const { counts } = createPostgresDecisionStore(database.pool)
      const series = (['outcome', 'reason', 'service', 'endpoint', 'caller'] as const).map(async (by) => [
        inOrder(await counts.readSeries(month, by, SLOT_SECONDS, 50)),
        inOrder(await readSeries(database.pool, month, by, SLOT_SECONDS)),
      ])
      const top = (['caller', 'endpoint', 'reason', 'service'] as const).map(async (by) => [
        await counts.readTop(month, by, 50),
        await readTop(database.pool, month, by, 50, new Date()),
      ])
      const window = {
        environmentId: environment.id,
        endpointIds: null,
        from: new Date(Date.now() - 20 * DAY_MS),
        to: new Date(),
      }
      const totals = [await counts.readTotals(window), await readSignatureTotals(database.pool, window)]
      return {
        series: await Promise.all(series),
        top: await Promise.all(top),
        totals: totals.map((rows) =>
          rows.toSorted(bySignature).map(({ firstAt: _first, lastAt: _last, ...row }) => row),
        ),
      }
    }
    const before = await readAll()
    const settled = await settleDays(database.pool)
    expect(settled.length).toBeGreaterThan(10)
    const after = await readAll()
    for (const [inMemory, fromTables] of [...before.series, ...before.top, before.totals])
      expect(inMemory).toMatchObject(fromTables ?? [])
    expect(before.totals[0]?.length).toBe(before.totals[1]?.length)
    expect(after).toEqual(before)
    expect(before.series.every(([points]) => (points ?? []).length > 0)).toBe(true)
    expect(before.totals[0]?.length).toBeGreaterThan(20)
    const { rows } = await database.pool.query('SELECT FROM decision_hour WHERE bucket < $1', [
      new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS),
    ])
    expect(rows).toEqual([])
    expect(await settleDays(database.pool)).toEqual([])
  })

  test('are charts whose smaller keys are one, and lose no request', async () => {
    const { environment, record } = await recordMonth()
    for (let number = 0; number < 12; number++)
      await record({
        caller: `small-${number}`,
        outcome: 'would-deny',
        reason: 'scope-missing',
        hoursAgo: 200,
        count: 1,
      })
    const from = new Date(Date.now() - 29 * DAY_MS).toISOString()
    const { series } = await readDecisionSeries(ctx, systemActor('test'), environment.id, { by: 'caller', from })
    const totals = new Map(series.map(({ key, counts }) => [key, counts.reduce((sum, count) => sum + count, 0)]))
    expect(totals.size).toBe(9)
    expect(totals.get('service:backoffice')).toBeGreaterThan(30)
    expect(totals.get('anonymous:cron')).toBeGreaterThan(10)
    expect(totals.get('other')).toBe(6)
  })

  test('count what is told late, in what was held and after it is folded', async () => {
    const { environment, service, endpoint } = await recordMonth()
    await settleDays(database.pool)
    const month = monthOf(environment.id)
    const sum = async (): Promise<number> =>
      (await ctx.decisions.counts.readSeries(month, 'outcome', SLOT_SECONDS, 50)).reduce(
        (total, { count }) => total + count,
        0,
      )
    const before = await sum()
    const at = new Date(Date.now() - 9 * DAY_MS).toISOString()
    const reporter = { environmentId: environment.id, serviceId: service.id }
    const { accepted } = await createDecisionIngest(ctx)(reporter, makeBatch(endpoint.route, at, 7))
    expect(accepted.decisions).toBe(7)
    expect(await sum()).toBe(before + 7)
    expect(await settleDays(database.pool)).toEqual([at.slice(0, 10)])
    expect(await sum()).toBe(before + 7)
  })

  test('give the same numbers by the hour, in memory and from the tables, and so does today', async () => {
    const { environment, record } = await recordMonth()
    for (let hoursAgo = 0; hoursAgo < 48; hoursAgo += 5) await record({ hoursAgo, count: 100 + hoursAgo })
    await settleDays(database.pool)
    const to = new Date(Math.ceil((Date.now() + 1) / HOUR_MS) * HOUR_MS)
    for (const hours of [5, 30, 5 * 24]) {
      const window = { environmentId: environment.id, from: new Date(to.getTime() - hours * HOUR_MS), to }
      const series = inOrder(await ctx.decisions.counts.readSeries(window, 'outcome', 3_600, 50))
      expect(series).toEqual(inOrder(await readSeries(database.pool, window, 'outcome', 3_600)))
      expect(series.length).toBeGreaterThan(0)
    }
  })

  test('get another version by what is told of their hours when those are over, and by nothing else', async () => {
    const { environment, service, endpoint } = await recordMonth()
    const reporter = { environmentId: environment.id, serviceId: service.id }
    const versionOf = async (at: Date): Promise<string | undefined> => {
      const { rows } = await database.pool.query<{ version: string }>(
        'SELECT version::text FROM decision_day_version WHERE day = $1::date',
        [at.toISOString().slice(0, 10)],
      )
      return rows[0]?.version
    }
    const tell = async (at: Date): Promise<readonly [before: string | undefined, after: string | undefined]> => {
      const before = await versionOf(at)
      await createDecisionIngest(ctx)(reporter, makeBatch(endpoint.route, at.toISOString(), 1))
      return [before, await versionOf(at)]
    }
    const [before, after] = await tell(new Date())
    expect(after).toBe(before)
    const [beforeLate, afterLate] = await tell(new Date(Date.now() - 2 * HOUR_MS))
    expect(Number(afterLate)).toBe(Number(beforeLate ?? 0) + 1)
  })

  test('and today are, of a large fleet, what the tables add up to, also once something new is told', async () => {
    const { environment, service, endpoint, record } = await recordMonth()
    const reporter = { environmentId: environment.id, serviceId: service.id }
    const ingest = createDecisionIngest(ctx)
    for (const hoursAgo of [0, 1, 5, 30]) {
      const at = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString()
      await ingest(reporter, makeBatch(endpoint.route, at, 3, 2_100))
    }
    const month = monthOf(environment.id)
    const store = createPostgresDecisionStore(database.pool)
    const sums = async () => ({
      inMemory: inOrder(await store.counts.readSeries(month, 'outcome', SLOT_SECONDS, 50)),
      inTables: inOrder(await readSeries(database.pool, month, 'outcome', SLOT_SECONDS)),
    })
    const first = await sums()
    expect(first.inMemory).toEqual(first.inTables)
    expect((await sums()).inMemory).toEqual(first.inMemory)
    // Of a signature that nobody has met yet, on a day that is over.
    await record({ caller: 'stranger', hoursAgo: 48, count: 11 })
    const at = new Date(Date.now() - 48 * HOUR_MS).toISOString()
    await ingest(reporter, makeBatch(endpoint.route, at, 5))
    const second = await sums()
    expect(second.inMemory).toEqual(second.inTables)
    expect(second.inMemory).not.toEqual(first.inMemory)
  })

  test('are read in one piece as long as nothing was told since, and from the rows after that', async () => {
    const { environment, service, endpoint } = await recordMonth()
    const month = monthOf(environment.id)
    const sum = async (): Promise<number> =>
      (await createPostgresDecisionStore(database.pool).counts.readSeries(month, 'outcome', SLOT_SECONDS, 50)).reduce(
        (total, { count }) => total + count,
        0,
      )
    const inRows = await sum()
    await settleDays(database.pool)
    expect(await storeDaySegments(database.pool)).toBeGreaterThan(20)
    expect(await storeDaySegments(database.pool)).toBe(0)
    expect(await sum()).toBe(inRows)

    const at = new Date(Date.now() - 5 * RECORDED_EVERY_HOURS * HOUR_MS).toISOString()
    const { rows } = await database.pool.query<{ body: Buffer }>(
      'SELECT body FROM decision_day_segment WHERE environment_id = $1 AND day = $2',
      [environment.id, at.slice(0, 10)],
    )
    const [day] = rows.map(({ body }) => decodeDay(body, 1))
    if (day === undefined || day === null) throw new Error('the day has no segment')
    const doubled = encodeDay({ ...day, slots: day.slots.map((count) => count * 2) })
    await database.pool.query('UPDATE decision_day_segment SET body = $3 WHERE environment_id = $1 AND day = $2', [
      ...[environment.id, at.slice(0, 10), doubled],
    ])
    const ofDay = Array.from(day.slots).reduce((total, count) => total + count, 0)
    expect(ofDay).toBeGreaterThan(0)
    expect(await sum()).toBe(inRows + ofDay)

    const reporter = { environmentId: environment.id, serviceId: service.id }
    await createDecisionIngest(ctx)(reporter, makeBatch(endpoint.route, at, 7))
    expect(await sum()).toBe(inRows + 7)
    await settleDays(database.pool)
    expect(await storeDaySegments(database.pool)).toBeGreaterThan(0)
    expect(await sum()).toBe(inRows + 7)
  })

  test('that are folded while they are told of lose nothing', async () => {
    const { environment, service, endpoint } = await recordMonth()
    const month = monthOf(environment.id)
    const ingest = [
      createDecisionIngest(ctx),
      createDecisionIngest({ ...ctx, decisions: createPostgresDecisionStore(database.pool) }),
    ]
    const sum = async (): Promise<number> =>
      (await ctx.decisions.counts.readSeries(month, 'outcome', SLOT_SECONDS, 50)).reduce(
        (total, { count }) => total + count,
        0,
      )
    const before = await sum()
    const reporter = { environmentId: environment.id, serviceId: service.id }
    const at = new Date(Date.now() - 5 * DAY_MS).toISOString()
    await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        await ingest[index % 2]?.(reporter, makeBatch(endpoint.route, at, 2))
        if (index % 6 === 0) await settleDays(database.pool)
      }),
    )
    expect(await sum()).toBe(before + 48)
  })
})

function makeBatch(route: string, at: string, count: number, callers = 1): DecisionBatch {
  const signature = {
    method: 'POST',
    route,
    mode: 'log-only',
    outcome: 'allowed',
    reason: null,
    tokenProblem: null,
    callerKind: 'service',
    caller: 'late',
    callerHint: null,
    issuer: null,
    scopes: [],
    missingScopes: [],
    sender: 'none',
    revision: 1,
    evaluated: true,
    count,
    firstAt: at,
    lastAt: at,
    tokenAges: ages(count),
  }
  const signatures = Array.from({ length: callers }, (_, number) => ({
    ...signature,
    caller: callers === 1 ? signature.caller : `caller-${number}`,
  }))
  return {
    batchId: randomUUID(),
    instance: {
      id: randomUUID(),
      workload: '',
      sdkVersion: '1',
      nodeVersion: '24',
      framework: '',
      hostname: '',
      startedAt: at,
      epoch: null,
      revision: null,
      state: 'fresh',
    },
    window: { from: at, to: at },
    signatures,
    samples: [],
    dropped: { allowed: 0, wouldDeny: 0, denied: 0, samples: 0 },
    replayed: true,
  }
}
