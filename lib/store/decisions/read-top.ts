import type pg from 'pg'
import { countsByHourOf } from './counts-by-hour.ts'
import { CALLER_KEY, CONDITIONS, conditionValues, SIGNATURES, type DecisionFilter } from './decision-filter.ts'

export type TopKey = 'caller' | 'endpoint' | 'reason' | 'service'

export interface TopRow {
  readonly key: string
  readonly label: string
  readonly allowed: number
  readonly 'would-deny': number
  readonly denied: number
  readonly unevaluated: number
}

const KEYS: Record<TopKey, { readonly key: string; readonly label: string; readonly only: string }> = {
  caller: {
    key: CALLER_KEY,
    label: `coalesce(s.caller, nullif(s.caller_hint, ''), 'unknown client')`,
    only: 's.evaluated',
  },
  endpoint: {
    key: `coalesce(e.id::text, '')`,
    label: `v.slug || ' ' || s.method || ' ' || s.route`,
    only: 'true',
  },
  reason: { key: 's.reason', label: 's.reason', only: 's.reason IS NOT NULL' },
  service: { key: 'v.slug', label: 'v.slug', only: 'true' },
}

const sum = (condition: string): string => `coalesce(sum(c.count) FILTER (WHERE ${condition}), 0)::float8`

const MINUTES_ASKED_MS_MAX = 26 * 3_600_000

/** Whether a window is counted by the minute: longer ones, and those of which the minutes are gone, are by the hour. */
export const areMinutesAsked = ({ from, to }: DecisionFilter, minutesFrom: Date): boolean =>
  from >= minutesFrom && to.getTime() - from.getTime() < MINUTES_ASKED_MS_MAX

/** Largest first, by denials and would-be denials, then by requests. */
export async function readTop(
  pool: pg.Pool,
  filter: DecisionFilter,
  by: TopKey,
  limit: number,
  minutesFrom: Date,
): Promise<TopRow[]> {
  const { key, label, only } = KEYS[by]
  const counts = areMinutesAsked(filter, minutesFrom) ? 'decision_minute c' : countsByHourOf(filter, 'c', '$8', '$9')
  const { rows } = await pool.query<TopRow>(
    `SELECT ${key} AS key, ${label} AS label, ${sum(`s.evaluated AND s.outcome = 'allowed'`)} AS allowed,
       ${sum(`s.outcome = 'would-deny'`)} AS "would-deny", ${sum(`s.outcome = 'denied'`)} AS denied, ${sum('NOT s.evaluated')} AS unevaluated
     FROM ${SIGNATURES} JOIN ${counts} ON c.signature_id = s.id AND c.bucket >= $8 AND c.bucket < $9
     WHERE ${CONDITIONS} AND ${only}
     GROUP BY 1, 2
     ORDER BY ${sum(`s.outcome <> 'allowed'`)} DESC, sum(c.count) DESC, 1 LIMIT $10`,
    [...conditionValues(filter), filter.from, filter.to, limit],
  )
  return rows
}
