import type pg from 'pg'
import { PATIENT } from '../database.ts'
import { openDay, toDate } from './decision-days.ts'
import { HOURS, SUMS_BY_HOUR } from './decision-hours.ts'
import { sumTokenAges } from './sum-token-ages.ts'

const DAYS_TO_SETTLE = `
  SELECT day::text FROM (
    SELECT (SELECT (min(bucket) AT TIME ZONE 'UTC')::date FROM decision_hour) + n AS day
    FROM generate_series(0, $1::date - 1 - (SELECT (min(bucket) AT TIME ZONE 'UTC')::date FROM decision_hour)) AS n
  ) AS days
  WHERE EXISTS (
    SELECT FROM decision_hour
    WHERE bucket >= day::timestamp AT TIME ZONE 'UTC' AND bucket < (day + 1)::timestamp AT TIME ZONE 'UTC'
  )`

/** One statement: what leaves the hours arrives in the days, and no reader sees it twice or not at all. */
const SETTLE = `
  WITH moved AS (
    DELETE FROM decision_hour
    WHERE bucket >= $1::date::timestamp AT TIME ZONE 'UTC' AND bucket < ($1::date + 1)::timestamp AT TIME ZONE 'UTC'
    RETURNING signature_id, extract(hour FROM bucket AT TIME ZONE 'UTC')::int AS hour, count, token_ages
  ), stored AS (
    INSERT INTO decision_day AS known (day, signature_id, count, hours, token_ages)
    SELECT $1::date, signature_id, sum(count)::bigint,
      ${SUMS_BY_HOUR}, ${sumTokenAges('token_ages')}
    FROM moved GROUP BY signature_id ORDER BY signature_id
    ON CONFLICT (day, signature_id) DO UPDATE SET
      count = known.count + excluded.count,
      hours = ARRAY[${HOURS.map((hour) => `known.hours[${hour + 1}] + excluded.hours[${hour + 1}]`).join(', ')}],
      token_ages = add_token_ages(known.token_ages, excluded.token_ages)
  )
  INSERT INTO decision_day_version AS known (day, version)
  SELECT $1::date, 1 WHERE (SELECT count(*) FROM moved) > 0
  ON CONFLICT (day) DO UPDATE SET version = known.version + 1`

/** Folds the hours of days before yesterday into one row a signature. Answers the days. */
export async function settleDays(pool: pg.Pool, now = new Date()): Promise<string[]> {
  const { rows } = await pool.query<{ day: string }>(DAYS_TO_SETTLE, [toDate(openDay(now))])
  for (const { day } of rows) await pool.query(toSettle(day))
  return rows.map(({ day }) => day)
}

const toSettle = (day: string): pg.QueryConfig & { query_timeout: number } => ({
  text: SETTLE,
  values: [day],
  ...PATIENT,
})
