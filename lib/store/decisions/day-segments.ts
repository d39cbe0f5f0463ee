import type pg from 'pg'
import { PATIENT } from '../database.ts'
import { decodeDay, encodeDay } from './day-segment.ts'
import { toDate, dayOf } from './decision-days.ts'
import { readRecordedDay, type HoursPerSlot, type RecordedDay } from './recorded-day.ts'

/** Days that are over, of which there is no segment, or one that was made before something else was told of them. */
const MISSING = `
  SELECT environment.id AS "environmentId", over.day::text AS day, coalesce(told.version, 0)::text AS version
  FROM (
    SELECT day FROM decision_day GROUP BY day
    UNION SELECT (bucket AT TIME ZONE 'UTC')::date FROM decision_hour WHERE bucket < $1::date::timestamp AT TIME ZONE 'UTC' GROUP BY 1
  ) AS over (day)
  CROSS JOIN environment
  LEFT JOIN decision_day_version AS told ON told.day = over.day
  LEFT JOIN decision_day_segment AS made ON made.environment_id = environment.id AND made.day = over.day
  WHERE over.day < $1::date AND made.version IS DISTINCT FROM coalesce(told.version, 0)
  ORDER BY over.day DESC`

const STORE = `
  INSERT INTO decision_day_segment AS known (environment_id, day, version, body)
  SELECT id, $2, $3, $4 FROM environment WHERE id = $1
  ON CONFLICT (environment_id, day) DO UPDATE SET version = excluded.version, body = excluded.body`

interface Missing {
  readonly environmentId: string
  readonly day: string
  readonly version: string
}

/** Makes the segments of days that are over, newest first. Answers how many. */
export async function storeDaySegments(pool: pg.Pool, now = new Date()): Promise<number> {
  const { rows } = await pool.query<Missing>(MISSING, [toDate(dayOf(now.getTime()))])
  for (const { environmentId, day, version } of rows) {
    // The version was read before the rows: whatever is told meanwhile makes the segment old, never wrong.
    const body = encodeDay(await readRecordedDay(pool, environmentId, { day, hoursPerSlot: 1 }, PATIENT))
    await pool.query(STORE, [environmentId, day, version, body])
  }
  return rows.length
}

const FIND = 'SELECT body FROM decision_day_segment WHERE environment_id = $1 AND day = $2 AND version = $3'

/** Null where there is none of this version. */
export async function readDaySegment(
  pool: pg.Pool,
  environmentId: string,
  day: string,
  version: string,
  hoursPerSlot: HoursPerSlot,
): Promise<RecordedDay | null> {
  const { rows } = await pool.query<{ body: Buffer }>(FIND, [environmentId, day, version])
  const [row] = rows
  return row === undefined ? null : decodeDay(row.body, hoursPerSlot)
}
