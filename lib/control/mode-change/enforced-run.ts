import { z } from 'zod'
import { ModeChange } from '../../contract/endpoint.ts'
import type { Mode } from '../../policy/vocabulary.ts'
import type { ModeChange as ModeChangeRow } from '#lib/store/generated/client.ts'
import { toMode } from '../stored-mode.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const KEPT_MS = 30 * DAY_MS

const Forecast = ModeChange.shape.forecast.unwrap()
/** Of a change that was stored without what its callers sent, nothing more is known than what was forecast to be denied. */
const ForecastCaller = Forecast.shape.callers.element
  .partial({ requests: true })
  .transform(({ requests, ...caller }) => ({ ...caller, requests: requests ?? caller.wouldDeny }))
const StoredForecast = Forecast.extend({ callers: z.array(ForecastCaller) })

export const forecastOf = ({ forecast }: ModeChangeRow): z.output<typeof ModeChange>['forecast'] =>
  StoredForecast.safeParse(forecast).data ?? null

/** The newest change and the steps of enforcing for fewer callers that led to it. */
export function findEnforcedRun(newestFirst: readonly ModeChangeRow[]): readonly ModeChangeRow[] {
  const start = newestFirst.findIndex(({ fromMode }) => fromMode !== 'enforce')
  return start < 0 ? newestFirst : newestFirst.slice(0, start + 1)
}

/**
 * Counts are kept by the minute, and after a day by the hour. Those of the one in which the mode changed belong to this change
 * as far as they were decided in the new mode, which tells them apart where the mode is another than before.
 */
export function windowSince(
  { at, fromMode, toMode: mode }: ModeChangeRow,
  nowMs: number,
): { readonly from: Date; readonly mode?: Mode } {
  const keptFromMs = nowMs - KEPT_MS
  if (fromMode === mode) return { from: new Date(Math.max(at.getTime(), keptFromMs)) }
  const bucketMs = nowMs - at.getTime() < DAY_MS ? MINUTE_MS : HOUR_MS
  const sinceMs = Math.floor(at.getTime() / bucketMs) * bucketMs
  return { from: new Date(Math.max(sinceMs, keptFromMs)), mode: toMode(mode) }
}
