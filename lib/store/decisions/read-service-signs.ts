import type pg from 'pg'
import { INSTANCE_LIVE_SECONDS } from './read-live-instances.ts'

export interface ServiceSignsRow {
  readonly serviceSlug: string
  readonly team: string
  readonly endpoints: number
  readonly liveInstances: number
  readonly lastSeenAt: Date | null
  /** Last decision that was not replayed. */
  readonly lastDecisionAt: Date | null
}

const SIGNS = `
  SELECT v.slug AS "serviceSlug", v.team, coalesce(e.endpoints, 0) AS endpoints, coalesce(i.live, 0) AS "liveInstances",
    i.last_seen_at AS "lastSeenAt", d.last_at AS "lastDecisionAt"
  FROM service v
  LEFT JOIN (SELECT service_id, count(*)::int AS endpoints FROM endpoint WHERE environment_id = $1 GROUP BY 1) e ON e.service_id = v.id
  LEFT JOIN (
    SELECT service_id, max(last_seen_at) AS last_seen_at,
      count(*) FILTER (WHERE last_seen_at > now() - make_interval(secs => ${INSTANCE_LIVE_SECONDS}))::int AS live
    FROM instance WHERE environment_id = $1 GROUP BY 1
  ) i ON i.service_id = v.id
  LEFT JOIN (SELECT service_id, max(last_at) AS last_at FROM decision_signature WHERE environment_id = $1 AND NOT replayed GROUP BY 1) d ON d.service_id = v.id
  ORDER BY v.slug`

/** Signs of life of every service in an environment. */
export async function readServiceSigns(pool: pg.Pool, environmentId: string): Promise<ServiceSignsRow[]> {
  const { rows } = await pool.query<ServiceSignsRow>(SIGNS, [environmentId])
  return rows
}
