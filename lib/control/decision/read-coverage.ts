import type pg from 'pg'
import type { EvidenceBase } from './load-evidence.ts'

export interface Coverage {
  /** Hours of the day with evaluated requests, UTC. */
  readonly hours: number[]
  /** ISO weekdays with evaluated requests, UTC: 1 is Monday. */
  readonly weekdays: number[]
}

/** When endpoints had evaluated requests, by endpoint. */
export async function readCoverage(
  pool: pg.Pool,
  endpointIds: readonly string[],
  { now, windowHours }: EvidenceBase,
): Promise<Map<string, Coverage>> {
  const { rows } = await pool.query<{
    endpointId: string
    hours: number[]
    weekdays: number[]
  }>(
    `SELECT e.id AS "endpointId", array_agg(DISTINCT extract(hour FROM h.bucket)::int) AS hours, array_agg(DISTINCT extract(isodow FROM h.bucket)::int) AS weekdays
     FROM endpoint e
     JOIN decision_signature s ON s.environment_id = e.environment_id AND s.service_id = e.service_id AND s.method = e.method AND s.route = e.route AND s.evaluated
     JOIN decision_count h ON h.signature_id = s.id AND h.bucket >= $2 AND h.bucket < $3 AND h.day >= ($2 AT TIME ZONE 'UTC')::date
     WHERE e.id = ANY ($1) GROUP BY e.id`,
    [endpointIds, new Date(now.getTime() - windowHours * 3_600_000), now],
  )
  return new Map(rows.map(({ endpointId, hours, weekdays }) => [endpointId, { hours, weekdays }]))
}
