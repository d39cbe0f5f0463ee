import type pg from 'pg'

export interface ServiceCounts {
  readonly serviceId: string
  readonly allowed: number
  readonly 'would-deny': number
  readonly denied: number
  readonly unevaluated: number
}

const sum = (condition: string): string => `coalesce(sum(h.count) FILTER (WHERE ${condition}), 0)::float8`

/** Counts of every service with traffic since a time, to the hour. */
export async function readServiceCounts(pool: pg.Pool, environmentId: string, from: Date): Promise<ServiceCounts[]> {
  const { rows } = await pool.query<ServiceCounts>(
    `SELECT s.service_id AS "serviceId", ${sum(`s.evaluated AND s.outcome = 'allowed'`)} AS allowed, ${sum(`s.outcome = 'would-deny'`)} AS "would-deny",
       ${sum(`s.outcome = 'denied'`)} AS denied, ${sum('NOT s.evaluated')} AS unevaluated
     FROM decision_hour h JOIN decision_signature s ON s.id = h.signature_id
     WHERE s.environment_id = $1 AND h.bucket >= date_trunc('hour', $2::timestamptz)
     GROUP BY s.service_id`,
    [environmentId, from],
  )
  return rows
}
