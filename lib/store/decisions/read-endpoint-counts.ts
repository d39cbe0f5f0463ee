import type pg from 'pg'

export interface EndpointCounts {
  readonly endpointId: string
  readonly allowed: number
  readonly 'would-deny': number
  readonly denied: number
  readonly unevaluated: number
  /** Distinct callers that were or would have been denied. */
  readonly deniedCallers: number
}

const sum = (condition: string): string => `coalesce(sum(h.count) FILTER (WHERE ${condition}), 0)::float8`

/** Counts of every endpoint with traffic since a time, to the hour. */
export async function readEndpointCounts(pool: pg.Pool, environmentId: string, from: Date): Promise<EndpointCounts[]> {
  const { rows } = await pool.query<EndpointCounts>(
    `SELECT e.id AS "endpointId", ${sum(`s.evaluated AND s.outcome = 'allowed'`)} AS allowed, ${sum(`s.outcome = 'would-deny'`)} AS "would-deny",
       ${sum(`s.outcome = 'denied'`)} AS denied, ${sum('NOT s.evaluated')} AS unevaluated,
       count(DISTINCT (s.caller_kind, s.caller, s.caller_hint)) FILTER (WHERE s.outcome <> 'allowed')::int AS "deniedCallers"
     FROM decision_hour h JOIN decision_signature s ON s.id = h.signature_id
     JOIN endpoint e ON e.environment_id = s.environment_id AND e.service_id = s.service_id AND e.method = s.method AND e.route = s.route
     WHERE s.environment_id = $1 AND h.bucket >= date_trunc('hour', $2::timestamptz)
     GROUP BY e.id`,
    [environmentId, from],
  )
  return rows
}
