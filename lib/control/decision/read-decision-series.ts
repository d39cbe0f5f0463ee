import type pg from 'pg'
import type { z } from 'zod'
import type { Series, SeriesQuery } from '../../contract/decisions.ts'
import { readEndpointNames } from '#lib/store/decisions/read-endpoint-names.ts'
import { readHeard } from '#lib/store/decisions/read-heard.ts'
import { OTHER, UNDECLARED, type SeriesPoint } from '#lib/store/decisions/read-series.ts'
import { requireRole, type Actor } from '../actor.ts'
import type { DecisionContext } from '../context.ts'
import { toDecisionWindow } from './decision-window.ts'
import { findCoarseness } from './find-coarseness.ts'
import { toSeriesBuckets } from './series-buckets.ts'
import { toSeriesFrame } from './series-frame.ts'

/** The other series are shown as one. */
const SERIES_MAX = 8

type OneSeries = z.input<typeof Series>['series'][number]

/** Decisions over time, in aligned buckets, and the stretches of which nothing is known. */
export async function readDecisionSeries(
  { pool, decisions }: DecisionContext,
  actor: Actor,
  environmentId: string,
  query: z.output<typeof SeriesQuery>,
): Promise<z.input<typeof Series>> {
  requireRole(actor, 'viewer')
  const now = new Date()
  const window = toDecisionWindow(query, now)
  const minutesFrom = await decisions.counts.findMinutesFrom()
  const read = async (stepSeconds: number) => {
    const cut = toSeriesBuckets(window, now, minutesFrom, stepSeconds)
    const filter = { ...query, environmentId, from: cut.countedFrom, to: cut.countedTo }
    const [points, heard] = await Promise.all([
      decisions.counts.readSeries(filter, query.by, cut.bucketSeconds, SERIES_MAX),
      readHeard(pool, filter),
    ])
    return { ...cut, points, heard, counted: new Set(points.map(({ at }) => at.getTime())) }
  }
  const fine = await read(0)
  const step = findCoarseness(fine.counted, fine.bucketSeconds)
  const { points, heard, counted, ...cut } = step === null ? fine : await read(step)
  const series = toSeries(points, cut.buckets)
  return {
    ...toSeriesFrame(cut, now, counted, heard),
    series: query.by === 'endpoint' ? await nameEndpoints(pool, series) : series,
  }
}

/** Routes that no endpoint declares are one. */
async function nameEndpoints(pool: pg.Pool, series: readonly OneSeries[]): Promise<OneSeries[]> {
  const ids = series.map(({ key }) => key).filter((key) => key !== UNDECLARED && key !== OTHER)
  const names = await readEndpointNames(pool, ids)
  return series.map((each) => ({ ...each, label: names.get(each.key) ?? each.label }))
}

function toSeries(points: readonly SeriesPoint[], buckets: readonly number[]): OneSeries[] {
  const indexOf = new Map(buckets.map((at, index) => [at, index]))
  const shown = new Set(largestKeys(points))
  const counts = new Map<string, number[]>()
  for (const point of points) {
    const key = shown.has(point.key) ? point.key : OTHER
    const row = counts.get(key) ?? new Array<number>(buckets.length).fill(0)
    const index = indexOf.get(point.at.getTime())
    if (index !== undefined) row[index] = (row[index] ?? 0) + point.count
    counts.set(key, row)
  }
  return [...counts].map(([key, row]) => ({
    key,
    label: key.replace(/^(service|integration|user|anonymous):/, ''),
    counts: row,
  }))
}

function largestKeys(points: readonly SeriesPoint[]): string[] {
  const totals = new Map<string, number>()
  for (const { key, count } of points) totals.set(key, (totals.get(key) ?? 0) + count)
  totals.delete(OTHER)
  const sorted = [...totals].sort((a, b) => b[1] - a[1]).map(([key]) => key)
  return sorted.slice(0, SERIES_MAX)
}
