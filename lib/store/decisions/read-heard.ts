import type pg from 'pg'
import type { DecisionFilter } from './decision-filter.ts'

/** When any of the services in question was heard of. */
export interface Heard {
  /** By day, UTC: a `1` for each minute in which one was, else `0`. */
  readonly minutesByDay: Readonly<Record<string, string>>
  /** One was heard of on an earlier day than those that were asked for. */
  readonly isOlder: boolean
}

/** Of an environment, a service or the service of an endpoint. */
const CONCERNED = `h.environment_id = $1
  AND ($4::text IS NULL OR h.service_id = (SELECT id FROM service WHERE slug = $4))
  AND ($5::uuid IS NULL OR h.service_id = (SELECT service_id FROM endpoint WHERE id = $5 AND environment_id = $1))`

const HEARD = `
  SELECT EXISTS (SELECT FROM heard_day h WHERE ${CONCERNED} AND h.day < $2::date) AS "isOlder", coalesce((
    SELECT json_object_agg(day, minutes) FROM (
      SELECT h.day, bit_or(h.minutes)::text AS minutes FROM heard_day h
      WHERE ${CONCERNED} AND h.day BETWEEN $2::date AND $3::date GROUP BY h.day
    ) AS days
  ), '{}') AS "minutesByDay"`

export async function readHeard(
  pool: pg.Pool,
  { environmentId, from, to, service, endpoint }: DecisionFilter,
): Promise<Heard> {
  const { rows } = await pool.query<Heard>(HEARD, [
    environmentId,
    dayOf(from),
    dayOf(to),
    service ?? null,
    endpoint ?? null,
  ])
  return rows[0] ?? { minutesByDay: {}, isOlder: false }
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
