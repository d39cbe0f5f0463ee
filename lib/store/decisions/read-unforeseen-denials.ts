import type pg from 'pg'
import { CALLER_KEY } from './decision-filter.ts'
import { findMinutesFrom } from './retention.ts'

export interface UnforeseenDenial {
  readonly endpointId: string
  readonly callerKey: string
  readonly denied: number
}

/** Denials since an endpoint's last change of mode, by callers whom no forecast named since it is enforced. */
const UNFORESEEN = `
  WITH change AS (
    SELECT DISTINCT ON (m.endpoint_id) m.endpoint_id, m.at FROM mode_change m JOIN endpoint e ON e.id = m.endpoint_id
    WHERE m.environment_id = $1 AND e.mode = 'enforce' AND ($2::uuid[] IS NULL OR e.id = ANY ($2)) ORDER BY m.endpoint_id, m.at DESC
  ), foreseen AS (
    SELECT m.endpoint_id, f.item -> 'caller' ->> 'key' AS caller_key
    FROM change c JOIN mode_change m ON m.endpoint_id = c.endpoint_id CROSS JOIN LATERAL jsonb_array_elements(m.forecast -> 'callers') AS f (item)
    WHERE m.at >= coalesce((SELECT max(b.at) FROM mode_change b WHERE b.endpoint_id = c.endpoint_id AND b.from_mode <> 'enforce'), '-infinity')
  ), counts AS NOT MATERIALIZED (
    SELECT signature_id, bucket, count, interval '1 minute' AS width FROM decision_minute WHERE bucket >= $3
    UNION ALL
    SELECT signature_id, bucket, count, interval '1 hour' FROM decision_count WHERE bucket < $3 AND day >= current_date - 7
  )
  SELECT c.endpoint_id AS "endpointId", ${CALLER_KEY} AS "callerKey", sum(n.count)::float8 AS denied
  FROM change c JOIN endpoint e ON e.id = c.endpoint_id
  JOIN decision_signature s ON s.environment_id = e.environment_id AND s.service_id = e.service_id AND s.method = e.method AND s.route = e.route
    AND s.outcome = 'denied' AND NOT s.replayed AND s.last_at >= c.at
  JOIN counts n ON n.signature_id = s.id AND n.bucket > c.at - n.width AND n.bucket >= now() - interval '7 days'
  WHERE NOT EXISTS (SELECT FROM foreseen f WHERE f.endpoint_id = c.endpoint_id AND f.caller_key = ${CALLER_KEY})
  GROUP BY 1, 2 ORDER BY 3 DESC`

/** Of all endpoints of an environment, or of some. */
export async function readUnforeseenDenials(
  pool: pg.Pool,
  environmentId: string,
  endpointIds: readonly string[] | null = null,
): Promise<UnforeseenDenial[]> {
  const { rows } = await pool.query<UnforeseenDenial>(UNFORESEEN, [
    environmentId,
    endpointIds,
    ceilToHour(await findMinutesFrom(pool)),
  ])
  return rows
}

/** Minutes of an hour that begins before are counted with the hour. */
const ceilToHour = (at: Date): Date => new Date(Math.ceil(at.getTime() / 3_600_000) * 3_600_000)
