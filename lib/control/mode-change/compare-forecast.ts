import type { z } from 'zod'
import type { ForecastComparison } from '../../contract/forecast.ts'
import { judgeForecast, toForecastRates, type ForecastRate } from '../../evidence/forecast-rates.ts'
import { readForecastSeries } from '#lib/store/decisions/read-forecast-series.ts'
import { readHeard } from '#lib/store/decisions/read-heard.ts'
import type { TopRow } from '#lib/store/decisions/read-top.ts'
import type { ModeChange as ModeChangeRow } from '#lib/store/generated/client.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { ControlContext } from '../context.ts'
import { toSeriesBuckets } from '../decision/series-buckets.ts'
import { toSeriesFrame } from '../decision/series-frame.ts'
import { getEndpointRow } from '../endpoint/get-endpoint-row.ts'
import { getEnvironmentId } from '../environment/get-environment.ts'
import { findEnforcedRun, forecastOf, windowSince } from './enforced-run.ts'
import { callerOfKey } from './caller-of-key.ts'

type Comparison = z.input<typeof ForecastComparison>

/** More steps than anybody takes. */
const STEPS_MAX = 100
const CALLERS_MAX = 100

/** While an endpoint is enforced and something was forecast: what was denied since the last change, beside what was expected of the same requests. */
export async function compareForecast(
  ctx: ControlContext,
  actor: Actor,
  environmentSlug: string,
  endpointId: string,
): Promise<{ readonly comparison: Comparison | null }> {
  requireRole(actor, 'viewer')
  const environmentId = await getEnvironmentId(ctx.database, environmentSlug)
  await getEndpointRow(ctx.database, environmentId, endpointId)
  const rows = await ctx.database.modeChange.findMany({
    where: { endpointId },
    orderBy: { id: 'desc' },
    take: STEPS_MAX,
  })
  const run = findEnforcedRun(rows)
  const [newest] = run
  const forecasts = run.flatMap((row) => forecastOf(row) ?? [])
  if (newest?.toMode !== 'enforce' || forecasts.length === 0) return { comparison: null }
  const rates = toForecastRates(
    forecasts.map(({ callers }) => callers),
    newest.toPercent,
  )
  return { comparison: await compare(ctx, newest, rates) }
}

async function compare(
  ctx: ControlContext,
  newest: ModeChangeRow,
  rates: ReadonlyMap<string, ForecastRate>,
): Promise<Comparison> {
  const now = new Date()
  const { environmentId, endpointId } = newest
  const since = { environmentId, endpoint: endpointId, ...windowSince(newest, now.getTime()), to: now }
  const rows = await ctx.decisions.counts.readTop(since, 'caller', CALLERS_MAX)
  const callers = rows.map((row) => toCompared(row, rates)).filter(({ denied, forecast }) => denied + forecast > 0)
  const sum = (of: (row: TopRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const foreseen = callers.flatMap(({ caller, requests, denied }) => {
    const forecast = rates.get(caller.key)
    return forecast === undefined ? [] : [{ requests, denied, forecast }]
  })
  return {
    at: newest.at.toISOString(),
    requests: sum(requestsOf),
    denied: sum(({ denied }) => denied),
    forecast: callers.reduce((total, { forecast }) => total + forecast, 0),
    verdict: judgeForecast(foreseen),
    callers,
    decided: await readDecided(ctx, since, new Map([...rates].map(([key, { rate }]) => [key, rate])), now),
  }
}

const requestsOf = (row: TopRow): number => row.allowed + row['would-deny'] + row.denied

function toCompared(row: TopRow, rates: ReadonlyMap<string, ForecastRate>): Comparison['callers'][number] {
  const rate = rates.get(row.key)
  const requests = requestsOf(row)
  return {
    caller: callerOfKey(row.key, row.label),
    requests,
    denied: row.denied,
    forecast: requests * (rate?.rate ?? 0),
    isForeseen: rate !== undefined,
  }
}

async function readDecided(
  { pool, decisions }: ControlContext,
  since: Parameters<typeof readForecastSeries>[1],
  rates: ReadonlyMap<string, number>,
  now: Date,
): Promise<Comparison['decided']> {
  const minutesFrom = await decisions.counts.findMinutesFrom()
  const cut = toSeriesBuckets(since, now, minutesFrom)
  const filter = { ...since, from: cut.countedFrom, to: cut.countedTo }
  const [points, heard] = await Promise.all([
    readForecastSeries(pool, filter, rates, cut.bucketSeconds),
    readHeard(pool, filter),
  ])
  const byTime = new Map(points.map((point) => [point.at.getTime(), point]))
  const toLine = (key: 'requests' | 'denied' | 'forecast') => ({
    key,
    label: key,
    counts: cut.buckets.map((at) => byTime.get(at)?.[key] ?? 0),
  })
  return {
    ...toSeriesFrame(cut, now, new Set(byTime.keys()), heard),
    series: [toLine('requests'), toLine('denied'), toLine('forecast')],
  }
}
