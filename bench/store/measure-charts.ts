import type pg from 'pg'
import { systemActor } from '#lib/control/actor.ts'
import type { DecisionContext } from '#lib/control/context.ts'
import { readDecisionSeries } from '#lib/control/decision/read-decision-series.ts'
import { readDecisionTop } from '#lib/control/decision/read-decision-top.ts'
import { SERIES_BY, TOP_BY } from '#lib/contract/decisions.ts'
import { createPostgresDecisionStore } from '#lib/store/decisions/postgres-decision-store.ts'
import { median, quantile } from '../statistics.ts'
import { DAYS, type RecordedMonth } from './recorded-month.ts'
import { judge } from './verdicts.ts'

/** Of few, the slowest alone would tell the 95th percentile. */
const ROUNDS = 60
const P95_MS_MAX = 30
const RATIO_MAX = 1.1
const actor = systemActor('bench')

type Chart = (ctx: DecisionContext, environmentId: string) => Promise<object>

/** Charts of a month: each way to look, for everything, a service, a caller and an endpoint. */
async function listCharts(pool: pg.Pool, { environmentId }: RecordedMonth): Promise<Map<string, Chart>> {
  const { rows } = await pool.query<{ endpoint: string }>(
    `SELECT id AS endpoint FROM endpoint WHERE environment_id = $1 AND route = '/things/7/:thingId' LIMIT 1`,
    [environmentId],
  )
  const scopes = {
    '': {},
    ', one service': { service: 'service-3' },
    ', one caller': { caller: 'service:caller-17' },
    ', one endpoint': { endpoint: rows[0]?.endpoint },
  }
  const from = (): string => new Date(Date.now() - DAYS * 86_400_000 + 3_600_000).toISOString()
  const charts = new Map<string, Chart>()
  for (const [name, filter] of Object.entries(scopes)) {
    for (const by of SERIES_BY)
      charts.set(`series by ${by}${name}`, (ctx, environment) =>
        readDecisionSeries(ctx, actor, environment, { by, from: from(), ...filter }),
      )
    for (const by of TOP_BY)
      charts.set(`top by ${by}${name}`, (ctx, environment) =>
        readDecisionTop(ctx, actor, environment, { by, limit: 10, from: from(), ...filter }),
      )
  }
  return charts
}

interface Subject {
  readonly month: RecordedMonth
  readonly ctx: DecisionContext
  readonly charts: ReadonlyMap<string, Chart>
  readonly times: Map<string, number[]>
  /** Of each chart, when nobody had asked for it before and nothing was added up for it. */
  readonly firstTimes: number[]
}

/** The volumes take turns, so that the machine disturbs them alike. */
export async function measureCharts(pool: pg.Pool, months: readonly RecordedMonth[]): Promise<void> {
  const subjects: Subject[] = []
  for (const month of months) {
    const ctx = { pool, decisions: createPostgresDecisionStore(pool) }
    const subject = {
      month,
      ctx,
      charts: await listCharts(pool, month),
      times: new Map<string, number[]>(),
      firstTimes: [],
    }
    const startedAt = performance.now()
    await subject.charts.values().next().value?.(ctx, month.environmentId)
    console.log(`  first chart after a start, ${month.volume} ×: ${(performance.now() - startedAt).toFixed(0)} ms`)
    subjects.push(subject)
  }
  for (let round = 0; round <= ROUNDS; round++)
    for (const name of subjects[0]?.charts.keys() ?? [])
      for (const subject of subjects) await timeOne(subject, name, round > 0)
  printCharts(subjects)
}

async function timeOne(
  { month, ctx, charts, times, firstTimes }: Subject,
  name: string,
  wasAsked: boolean,
): Promise<void> {
  const startedAt = performance.now()
  await charts.get(name)?.(ctx, month.environmentId)
  const took = performance.now() - startedAt
  if (wasAsked) times.set(name, [...(times.get(name) ?? []), took])
  else firstTimes.push(took)
}

function printCharts(subjects: readonly Subject[]): void {
  console.log(
    `  ${'ms: median and p95 at'.padEnd(34)} ${subjects.map(({ month }) => `${month.volume} ×`.padStart(14)).join('')}`,
  )
  const worst = new Map<number, number>()
  for (const name of subjects[0]?.charts.keys() ?? []) {
    const cells = subjects.map(({ month, times }) => {
      const took = times.get(name) ?? []
      worst.set(month.volume, Math.max(worst.get(month.volume) ?? 0, quantile(took, 0.95)))
      return `${median(took).toFixed(1)} / ${quantile(took, 0.95).toFixed(1)}`.padStart(14)
    })
    console.log(`  ${name.padEnd(34)} ${cells.join('')}`)
  }
  const p95 = Math.max(...worst.values())
  const sums = subjects.map(({ times }) => [...times.values()].reduce((sum, took) => sum + median(took), 0))
  const ratio = Math.max(...sums) / Math.min(...sums)
  const shown = [...worst].map(([volume, ms]) => `${ms.toFixed(0)} ms at ${volume} ×`).join(', ')
  judge({
    what: 'any chart over 30 days, slowest of all',
    goal: `p95 ≤ ${String(P95_MS_MAX)} ms`,
    measured: shown,
    isMet: p95 <= P95_MS_MAX,
  })
  const first = Math.max(...subjects.map(({ firstTimes }) => quantile(firstTimes, 0.95)))
  judge({
    what: 'charts that nobody asked for before, at the slowest volume',
    goal: `p95 ≤ ${String(P95_MS_MAX)} ms`,
    measured: `${first.toFixed(0)} ms`,
    isMet: first <= P95_MS_MAX,
  })
  judge({
    what: 'the same at 0.01 ×, 1 × and 100 × the volume, all charts, medians',
    goal: `within ${String(RATIO_MAX)} ×`,
    measured: `${ratio.toFixed(2)} ×`,
    isMet: ratio <= RATIO_MAX,
  })
}
