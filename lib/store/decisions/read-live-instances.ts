import type pg from 'pg'
import type { SnapshotState } from '../../policy/vocabulary.ts'

/** An instance not heard of for so long is not counted as live. */
export const INSTANCE_LIVE_SECONDS = 90

export interface LiveInstance {
  readonly id: string
  readonly serviceId: string
  readonly serviceSlug: string
  readonly hostname: string
  readonly workload: string
  readonly revision: number | null
  readonly state: SnapshotState
  /** Revision at which the service's snapshot last changed; null before the first. */
  readonly publishedRevision: number | null
  readonly confirmed: boolean
  readonly dropped: number
}

const LIVE = `
  SELECT i.id, i.service_id AS "serviceId", v.slug AS "serviceSlug", i.hostname, i.workload, i.revision, i.state, latest.revision AS "publishedRevision",
    coalesce(i.epoch = n.epoch::text AND i.revision = latest.revision AND i.state <> 'closed', false) AS confirmed, i.dropped_total::float8 AS dropped
  FROM instance i JOIN environment n ON n.id = i.environment_id JOIN service v ON v.id = i.service_id
  LEFT JOIN LATERAL (
    SELECT revision FROM service_snapshot p WHERE p.environment_id = i.environment_id AND p.service_id = i.service_id ORDER BY revision DESC LIMIT 1
  ) latest ON true
  WHERE i.environment_id = $1 AND i.last_seen_at > now() - make_interval(secs => ${INSTANCE_LIVE_SECONDS})
  ORDER BY v.slug, i.hostname, i.id`

/** Instances that are running, and whether they apply the newest snapshot of their service. */
export async function readLiveInstances(pool: pg.Pool, environmentId: string): Promise<LiveInstance[]> {
  const { rows } = await pool.query<LiveInstance>(LIVE, [environmentId])
  return rows
}
