import type pg from 'pg'
import type { Signal } from '../../policy/vocabulary.ts'

/** Requests that raised a signal since a time, by `client_id`. */
export async function readSignalCounts(
  pool: pg.Pool,
  environmentId: string,
  signal: Signal,
  since: Date,
): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ caller: string; count: number }>(
    `SELECT s.caller, sum(h.count)::float8 AS count
     FROM decision_signature s JOIN decision_count h ON h.signature_id = s.id AND h.bucket >= date_trunc('hour', $3::timestamptz) AND h.day >= ($3::timestamptz AT TIME ZONE 'UTC')::date
     WHERE s.environment_id = $1 AND s.last_at >= $3 AND s.caller_kind IN ('service', 'integration') AND s.caller IS NOT NULL
       AND s.context -> 'signals' ? $2
     GROUP BY s.caller`,
    [environmentId, signal, since],
  )
  return new Map(rows.map(({ caller, count }) => [caller, count]))
}
