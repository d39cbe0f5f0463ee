import type pg from 'pg'
import type { z } from 'zod'
import type { Series, SeriesQuery } from '../../contract/decisions.ts'
import { readSeries, type SeriesPoint } from '#lib/store/decisions/read-series.ts'
import { requireRole, type Actor } from '../actor.ts'
import { toDecisionWindow } from './decision-window.ts'

/** Widths from which one is chosen, in seconds; those below an hour read the minutes. */
const WIDTHS = [60, 300, 900, 3_600, 10_800, 21_600] as const
const BUCKETS_MAX = 130
/** The other series are shown as one. */
const SERIES_MAX = 8

/** Decisions over time, in aligned buckets without gaps. */
export async function readDecisionSeries(
  pool: pg.Pool,
  actor: Actor,
  environmentId: string,
  query: z.output<typeof SeriesQuery>,
): Promise<z.input<typeof Series>> {
  requireRole(actor, 'viewer')
  const { from, to } = toDecisionWindow(query)
  const bucketSeconds = chooseWidth(from, to)
  const points = await readSeries(pool, { ...query, environmentId, from, to }, query.by, bucketSeconds)
  const buckets = listBuckets(from, to, bucketSeconds)
  return {
    bucketSeconds,
    buckets: buckets.map((at) => new Date(at).toISOString()),
    series: toSeries(points, buckets),
  }
}

function chooseWidth(from: Date, to: Date): number {
  const seconds = (to.getTime() - from.getTime()) / 1_000
  return WIDTHS.find((width) => seconds / width <= BUCKETS_MAX) ?? 21_600
}

function listBuckets(from: Date, to: Date, bucketSeconds: number): number[] {
  const width = bucketSeconds * 1_000
  const first = Math.floor(from.getTime() / width) * width
  return Array.from({ length: Math.ceil((to.getTime() - first) / width) }, (_, index) => first + index * width)
}

function toSeries(points: readonly SeriesPoint[], buckets: readonly number[]): z.input<typeof Series>['series'] {
  const indexOf = new Map(buckets.map((at, index) => [at, index]))
  const shown = new Set(largestKeys(points))
  const counts = new Map<string, number[]>()
  for (const point of points) {
    const key = shown.has(point.key) ? point.key : 'other'
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
  const sorted = [...totals].sort((a, b) => b[1] - a[1]).map(([key]) => key)
  return sorted.slice(0, SERIES_MAX)
}
