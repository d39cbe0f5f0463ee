import type pg from 'pg'
import { countsByHour } from './counts-by-hour.ts'
import { findMinutesFrom } from './retention.ts'

export interface OutcomeTotals {
  readonly allowed: number
  readonly 'would-deny': number
  readonly denied: number
  readonly unevaluated: number
  readonly deniedCallers: number
}

const sum = (condition: string): string => `coalesce(sum(m.count) FILTER (WHERE ${condition}), 0)::float8`

/** Decisions of a whole environment in a window: to the minute, or to the hour where the minutes are gone. */
export async function readOutcomeCounts(
  pool: pg.Pool,
  environmentId: string,
  from: Date,
  to: Date,
): Promise<OutcomeTotals> {
  const counts = from >= (await findMinutesFrom(pool)) ? 'decision_minute m' : countsByHour('m', '$2', '$3')
  const { rows } = await pool.query<OutcomeTotals>(
    `SELECT ${sum(`s.evaluated AND s.outcome = 'allowed'`)} AS allowed, ${sum(`s.outcome = 'would-deny'`)} AS "would-deny",
       ${sum(`s.outcome = 'denied'`)} AS denied, ${sum('NOT s.evaluated')} AS unevaluated,
       count(DISTINCT (s.caller_kind, s.caller, s.caller_hint)) FILTER (WHERE s.outcome <> 'allowed')::int AS "deniedCallers"
     FROM ${counts} JOIN decision_signature s ON s.id = m.signature_id
     WHERE s.environment_id = $1 AND m.bucket >= $2 AND m.bucket < $3`,
    [environmentId, from, to],
  )
  return (
    rows[0] ?? {
      allowed: 0,
      'would-deny': 0,
      denied: 0,
      unevaluated: 0,
      deniedCallers: 0,
    }
  )
}
