import type { ForecastComparison } from '#lib/client/object-types.ts'
import { gapOf } from '../charts/series-gaps.ts'
import type { Series } from '../charts/series-styles.ts'

export interface ForecastPoint {
  readonly at: string
  readonly requests: number
  /** Denials that were to be expected of the requests that came; null where nothing is known. */
  readonly forecast: number | null
  readonly denied: number | null
}

type Line = ForecastComparison['decided']['series'][number]['key']

/** Both lines on one axis, bucket by bucket. */
export function toForecastPoints(decided: Series): ForecastPoint[] {
  const countsOf = (line: Line): readonly number[] => decided.series.find(({ key }) => key === line)?.counts ?? []
  const [requests, denied, forecast] = [countsOf('requests'), countsOf('denied'), countsOf('forecast')]
  return decided.buckets.map((at, index) => {
    const isKnown = gapOf(decided, at) === null
    return {
      at,
      requests: requests[index] ?? 0,
      forecast: isKnown ? (forecast[index] ?? 0) : null,
      denied: isKnown ? (denied[index] ?? 0) : null,
    }
  })
}
