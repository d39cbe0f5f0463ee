import type pg from 'pg'
import { countsByHourOf } from './counts-by-hour.ts'
import { CALLER_KEY, CONDITIONS, conditionValues, SIGNATURES, type DecisionFilter } from './decision-filter.ts'

export interface ForecastPoint {
  readonly at: Date
  readonly requests: number
  readonly denied: number
  /** Denials at each caller's own rate. */
  readonly forecast: number
}

/** Over time, what was decided and what was to be expected of it. A caller without a rate is expected to be allowed. */
export async function readForecastSeries(
  pool: pg.Pool,
  filter: DecisionFilter,
  rates: ReadonlyMap<string, number>,
  bucketSeconds: number,
): Promise<ForecastPoint[]> {
  const counts = bucketSeconds < 3_600 ? 'decision_minute c' : countsByHourOf(filter, 'c', '$8', '$9')
  const { rows } = await pool.query<ForecastPoint>(
    `SELECT date_bin(make_interval(secs => $10), c.bucket, 'epoch'::timestamptz) AS at, sum(c.count)::float8 AS requests,
       coalesce(sum(c.count) FILTER (WHERE s.outcome = 'denied'), 0)::float8 AS denied, sum(c.count * coalesce(f.rate, 0))::float8 AS forecast
     FROM ${SIGNATURES} LEFT JOIN unnest($11::text[], $12::float8[]) AS f (key, rate) ON f.key = ${CALLER_KEY}
     JOIN ${counts} ON c.signature_id = s.id AND c.bucket >= $8 AND c.bucket < $9
     WHERE ${CONDITIONS} AND s.evaluated
     GROUP BY 1 ORDER BY 1`,
    [...conditionValues(filter), filter.from, filter.to, bucketSeconds, [...rates.keys()], [...rates.values()]],
  )
  return rows
}
