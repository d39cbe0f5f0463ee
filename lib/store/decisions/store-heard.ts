import type pg from 'pg'

export interface HeardDay {
  readonly environmentId: string
  readonly serviceId: string
  /** `2026-11-27`, UTC. */
  readonly day: string
  /** A `1` for each minute of the day in which the service was heard of, else `0`. */
  readonly minutes: string
}

/** In the order of the keys, so that two gateways that hear of the same services wait for each other instead of deadlocking. */
const STORE = `
  INSERT INTO heard_day AS known (environment_id, day, service_id, minutes)
  SELECT environment.id, heard.day, service.id, heard.minutes::bit(1440)
  FROM unnest($1::uuid[], $2::date[], $3::uuid[], $4::text[]) AS heard (environment_id, day, service_id, minutes)
  JOIN environment ON environment.id = heard.environment_id
  JOIN service ON service.id = heard.service_id
  ORDER BY heard.environment_id, heard.day, heard.service_id
  ON CONFLICT (environment_id, day, service_id) DO UPDATE SET minutes = known.minutes | excluded.minutes`

/** Adds minutes; each day of a service is named once. */
export async function storeHeard(pool: pg.Pool, days: readonly HeardDay[]): Promise<void> {
  await pool.query(STORE, [
    days.map(({ environmentId }) => environmentId),
    days.map(({ day }) => day),
    days.map(({ serviceId }) => serviceId),
    days.map(({ minutes }) => minutes),
  ])
}
