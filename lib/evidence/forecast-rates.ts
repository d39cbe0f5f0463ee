import type { Caller } from './caller.ts'

/** What was forecast of one caller when a mode was changed: of its recorded requests, those that would be denied. */
export interface ForecastCaller {
  readonly caller: Caller
  readonly requests: number
  readonly wouldDeny: number
}

export interface ForecastRate {
  /** Part of the caller's requests that is expected to be denied. */
  readonly rate: number
  /** Recorded requests it rests on. */
  readonly seen: number
}

/**
 * By key of the caller, from the changes that led to the present percent, newest first. People are enforced one by one: of theirs
 * the percent counts.
 */
export function toForecastRates(
  newestFirst: readonly (readonly ForecastCaller[])[],
  percent: number,
): Map<string, ForecastRate> {
  const rates = new Map<string, ForecastRate>()
  for (const { caller, requests, wouldDeny } of newestFirst.flat()) {
    if (requests === 0 || rates.has(caller.key)) continue
    const share = caller.kind === 'user' ? percent / 100 : 1
    rates.set(caller.key, { rate: (wouldDeny / requests) * share, seen: requests })
  }
  return rates
}

/** What was decided for one caller since, beside its forecast. */
export interface ComparedCaller {
  readonly requests: number
  readonly denied: number
  readonly forecast: ForecastRate
}

export type ForecastVerdict = 'as-forecast' | 'more-denied' | 'fewer-denied'

/** Standard deviations that chance alone hardly exceeds, and a request that may be on its way. */
const DEVIATIONS = 2
const SLACK = 1

/** Whether the denials are those that were forecast, but for chance: each caller's are drawn by its rate, which is known as well as it was seen. */
export function judgeForecast(callers: readonly ComparedCaller[]): ForecastVerdict {
  let [difference, variance] = [0, 0]
  for (const { requests, denied, forecast } of callers) {
    const { rate, seen } = forecast
    const likely = (rate * seen + 1) / (seen + 2)
    difference += denied - requests * rate
    variance += requests * likely * (1 - likely) * (1 + requests / seen)
  }
  const chance = DEVIATIONS * Math.sqrt(variance) + SLACK
  if (difference > chance) return 'more-denied'
  return difference < -chance ? 'fewer-denied' : 'as-forecast'
}
