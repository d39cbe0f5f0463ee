import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { createTestDatabase, type TestDatabase } from '#lib/store/test-database.ts'
import { DecisionExportQuery } from '../../contract/decisions.ts'
import { systemActor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { makeDecisionFixture } from './decision-fixture.ts'
import { exportDecisions } from './export-decisions.ts'
import { createHeardRecord } from './record-heard.ts'

const actor = systemActor('test')
const HOUR_MS = 3_600_000

let database: TestDatabase
let ctx: DecisionContext
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = { pool: database.pool, decisions: createPostgresDecisionStore(database.pool) }
})
afterAll(() => database.close())

async function exportText(environmentId: string, query: Record<string, unknown>): Promise<string> {
  const chunks = exportDecisions(ctx, actor, environmentId, DecisionExportQuery.parse(query))
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}
const exportLines = async (environmentId: string, query: Record<string, unknown>) =>
  (await exportText(environmentId, query))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** So many samples of one denial, a second apart, the newest a minute ago. */
async function recordSamples(count: number, path = '/refunds') {
  const fixture = await makeDecisionFixture(database)
  const endpoint = await fixture.addEndpoint('/refunds', null)
  const signature = await fixture.record({
    outcome: 'would-deny',
    reason: 'scope-missing',
    caller: 'billing',
    count: 7,
  })
  await fixture.record({ caller: 'orders', count: 5 })
  await database.pool.query(
    `INSERT INTO decision_sample (id, at, signature_id, environment_id, instance_id, path, checks, revision)
     SELECT gen_random_uuid(), now() - make_interval(secs => 60 + number), $1, $2, $3, $4, '[]', 3 FROM generate_series(1, $5) AS number`,
    [signature, fixture.environment.id, randomUUID(), path, count],
  )
  return { ...fixture, environmentId: fixture.environment.id, endpoint }
}

describe('single decisions', () => {
  it('come all, once and newest first, over as many reads as it takes', async () => {
    const { environmentId, service, endpoint } = await recordSamples(1_203)
    const lines = await exportLines(environmentId, {})
    expect(new Set(lines.map(({ id }) => id)).size).toBe(1_203)
    const times = lines.map(({ at }) => String(at))
    expect(times).toEqual(times.toSorted().reverse())
    expect(lines[0]).toMatchObject({
      service: service.slug,
      route: '/refunds',
      endpointId: endpoint.id,
      outcome: 'would-deny',
      reason: 'scope-missing',
      caller: 'billing',
      replayed: false,
    })
  })

  it('are those that the filters leave', async () => {
    const { environmentId, endpoint } = await recordSamples(2)
    const count = async (query: Record<string, unknown>) => (await exportLines(environmentId, query)).length
    expect(await count({ endpoint: endpoint.id, caller: 'service:billing', mode: 'log-only' })).toBe(2)
    expect(await count({ outcome: 'denied' })).toBe(0)
    expect(await count({ mode: 'enforce' })).toBe(0)
    expect(await count({ to: new Date(Date.now() - HOUR_MS).toISOString() })).toBe(0)
    expect(await exportLines((await makeDecisionFixture(database)).environment.id, {})).toEqual([])
  })

  it('are a table in which nothing that a caller sent is a formula', async () => {
    const { environmentId } = await recordSamples(1, '=HYPERLINK("https://evil.test","look")')
    const [header, row, end] = (await exportText(environmentId, { format: 'csv' })).split('\r\n')
    expect(header).toBe(
      'id,at,service,method,route,path,endpointId,mode,outcome,reason,caller,callerKind,missingScopes,replayed',
    )
    expect(row).toContain(`,"'=HYPERLINK(""https://evil.test"",""look"")",`)
    expect(end).toBe('')
  })
})

describe('counts over time', () => {
  it('have a row for each bucket, and say where nothing is known instead of counting nothing', async () => {
    const { environmentId, service } = await recordSamples(0)
    const heardMs = Date.now() - 3 * HOUR_MS
    await createHeardRecord(database.pool)([
      { environmentId, serviceId: service.id, spans: [{ fromMs: heardMs, toMs: heardMs }] },
    ])
    const lines = await exportLines(environmentId, { table: 'series' })
    const sum = (key: string) =>
      lines.filter((line) => line['key'] === key).reduce((total, { count }) => total + Number(count), 0)
    expect([sum('would-deny'), sum('allowed')]).toEqual([7, 5])
    const gaps = Map.groupBy(lines, ({ gap }) => gap)
    expect(gaps.get('before-recording')?.every(({ count, key }) => count === null && key === null)).toBe(true)
    expect([...gaps.keys()].sort()).toEqual([null, 'before-recording', 'silent'].sort())
    expect([96, 97]).toContain(new Set(lines.map(({ from }) => from)).size)
    expect(lines.at(-1)).toMatchObject({ isOpen: true, by: 'outcome' })
  })
})

describe('the most denied', () => {
  it('come by caller unless asked otherwise', async () => {
    const { environmentId } = await recordSamples(0)
    expect(await exportLines(environmentId, { table: 'top' })).toMatchObject([
      { by: 'caller', key: 'service:billing', 'would-deny': 7 },
      { by: 'caller', key: 'service:orders', 'would-deny': 0, allowed: 5 },
    ])
    expect(await exportText(environmentId, { table: 'top', by: 'reason', format: 'csv' })).toBe(
      'by,key,label,denied,would-deny,allowed,unevaluated\r\nreason,scope-missing,scope-missing,0,7,0,0\r\n',
    )
  })
})

describe('what cannot be answered', () => {
  it.each([
    [{ table: 'top', by: 'outcome' }, 'query/by'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'query/from'],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }, 'query/from'],
  ])('%j is refused before anything is sent', (query, pointer) => {
    expect(() => exportDecisions(ctx, actor, randomUUID(), DecisionExportQuery.parse(query))).toThrow(
      expect.objectContaining({ code: 'invalid-request', errors: [expect.objectContaining({ pointer })] }),
    )
  })
})
