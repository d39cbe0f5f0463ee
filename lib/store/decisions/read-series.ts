import type pg from 'pg'
import { countsByHourOf } from './counts-by-hour.ts'
import { CALLER_KEY, CONDITIONS, conditionValues, SIGNATURES, type DecisionFilter } from './decision-filter.ts'

export type SeriesKey = 'outcome' | 'reason' | 'service' | 'endpoint' | 'caller'

/** Key of routes that no endpoint declares. */
export const UNDECLARED = 'undeclared'

/** Key of all that are not among the largest. */
export const OTHER = 'other'

export interface SeriesPoint {
  readonly key: string
  readonly at: Date
  readonly count: number
}

/** By anything but the outcome the question is who is refused: allowed requests are not counted there. */
const KEYS: Record<SeriesKey, { readonly key: string; readonly only: string }> = {
  outcome: {
    key: `CASE WHEN s.evaluated THEN s.outcome ELSE 'unevaluated' END`,
    only: 'true',
  },
  reason: { key: 's.reason', only: 's.reason IS NOT NULL' },
  service: { key: 'v.slug', only: `s.outcome <> 'allowed'` },
  endpoint: { key: `coalesce(e.id::text, '${UNDECLARED}')`, only: `s.outcome <> 'allowed'` },
  caller: { key: CALLER_KEY, only: `s.outcome <> 'allowed'` },
}

export async function readSeries(
  pool: pg.Pool,
  filter: DecisionFilter,
  by: SeriesKey,
  bucketSeconds: number,
): Promise<SeriesPoint[]> {
  const { key, only } = KEYS[by]
  const counts = bucketSeconds < 3_600 ? 'decision_minute c' : countsByHourOf(filter, 'c', '$8', '$9')
  const { rows } = await pool.query<SeriesPoint>(
    `SELECT ${key} AS key, date_bin(make_interval(secs => $10), c.bucket, 'epoch'::timestamptz) AS at, sum(c.count)::float8 AS count
     FROM ${SIGNATURES} JOIN ${counts} ON c.signature_id = s.id AND c.bucket >= $8 AND c.bucket < $9
     WHERE ${CONDITIONS} AND ${only}
     GROUP BY 1, 2 ORDER BY 2`,
    [...conditionValues(filter), filter.from, filter.to, bucketSeconds],
  )
  return rows
}
