import type { ModeChange } from '#lib/client/object-types.ts'
import type { Series } from '../charts/series-styles.ts'
import { gapOf } from '../charts/series-gaps.ts'

/** A change that enforces, with those before it that had enforced for fewer callers, newest first. */
export type EnforcedRun = readonly [ModeChange, ...ModeChange[]]

/** The changes that made the endpoint what it is now; null where it is not enforced, or nothing was forecast. */
export function findEnforcedRun(newestFirst: readonly ModeChange[]): EnforcedRun | null {
  const [newest] = newestFirst
  if (newest?.to.mode !== 'enforce') return null
  const start = newestFirst.findIndex(({ from }) => from.mode !== 'enforce')
  const run = start < 0 ? newestFirst : newestFirst.slice(0, start + 1)
  return run.some(({ forecast }) => forecast !== null) ? [newest, ...run.slice(1)] : null
}

/** Part of the requests that were forecast to be denied. People are enforced one by one: of theirs the percent counts. */
export const toForecastShare = (run: EnforcedRun): number =>
  Math.min(
    1,
    run.reduce((sum, change) => sum + shareOf(change, run[0].to.percent), 0),
  )

function shareOf({ forecast }: ModeChange, percent: number): number {
  if (forecast === null || forecast.requests === 0) return 0
  const denied = forecast.callers.reduce(
    (sum, { caller, wouldDeny }) => sum + (caller.kind === 'user' ? (wouldDeny * percent) / 100 : wouldDeny),
    0,
  )
  return denied / forecast.requests
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const SHOWN_MS = 30 * DAY_MS

/**
 * From when decisions are compared with what was forecast: all of the minute, and after a day of the hour, in which the mode
 * changed, as those made in the mode before it are told apart. No older than the counts that are kept.
 */
export function toComparedFrom({ at, from, to }: ModeChange, nowMs: number): string {
  const atMs = Date.parse(at)
  const unitMs = nowMs - atMs < DAY_MS ? MINUTE_MS : HOUR_MS
  const sinceMs = from.mode === to.mode ? atMs : Math.floor(atMs / unitMs) * unitMs
  const keptMs = Math.ceil((nowMs - SHOWN_MS) / HOUR_MS) * HOUR_MS
  return new Date(Math.max(sinceMs, keptMs)).toISOString()
}

export interface ForecastPoint {
  readonly at: string
  readonly requests: number
  /** Denials at the forecast rate, for the requests that came; null where nothing is known. */
  readonly forecast: number | null
  readonly denied: number | null
}

/** Both lines on one axis, bucket by bucket, from decisions counted by outcome. */
export function toForecastPoints(series: Series, share: number): ForecastPoint[] {
  const countsOf = (outcome: string) => series.series.find(({ key }) => key === outcome)?.counts ?? []
  const [allowed, wouldDeny, denied] = [countsOf('allowed'), countsOf('would-deny'), countsOf('denied')]
  return series.buckets.map((at, index) => {
    const requests = (allowed[index] ?? 0) + (wouldDeny[index] ?? 0) + (denied[index] ?? 0)
    const isKnown = gapOf(series, at) === null
    return {
      at,
      requests,
      forecast: isKnown ? requests * share : null,
      denied: isKnown ? (denied[index] ?? 0) : null,
    }
  })
}

export interface ForecastTotals {
  readonly requests: number
  readonly forecast: number
  readonly denied: number
}

export const sumPoints = (points: readonly ForecastPoint[]): ForecastTotals => ({
  requests: points.reduce((sum, { requests }) => sum + requests, 0),
  forecast: Math.round(points.reduce((sum, { forecast }) => sum + (forecast ?? 0), 0)),
  denied: points.reduce((sum, { denied }) => sum + (denied ?? 0), 0),
})
