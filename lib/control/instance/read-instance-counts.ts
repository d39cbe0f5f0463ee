import type pg from 'pg'
import { INSTANCE_LIVE_SECONDS } from './count-instances-behind.ts'

export interface InstanceCounts {
  readonly live: number
  readonly confirmed: number
}

export const NO_INSTANCES: InstanceCounts = { live: 0, confirmed: 0 }

/** Live instances of each service, and how many of them apply its newest snapshot; by service id. */
export async function readInstanceCounts(pool: pg.Pool, environmentId: string): Promise<Map<string, InstanceCounts>> {
  const { rows } = await pool.query<InstanceCounts & { serviceId: string }>(
    `SELECT i.service_id AS "serviceId", count(*) AS live,
       count(*) FILTER (WHERE i.epoch = e.epoch::text AND i.revision = latest.revision) AS confirmed
     FROM instance i
     JOIN environment e ON e.id = i.environment_id
     LEFT JOIN LATERAL (
       SELECT revision FROM service_snapshot p
       WHERE p.environment_id = i.environment_id AND p.service_id = i.service_id
       ORDER BY revision DESC LIMIT 1) latest ON true
     WHERE i.environment_id = $1 AND i.last_seen_at > now() - make_interval(secs => $2)
     GROUP BY i.service_id`,
    [environmentId, INSTANCE_LIVE_SECONDS],
  )
  return new Map(rows.map(({ serviceId, live, confirmed }) => [serviceId, { live, confirmed }]))
}
