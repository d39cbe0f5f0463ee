import type pg from 'pg'

const DAY_MS = 86_400_000

/** Counts per minute are kept no longer than this, and shorter where they take too much space; the hours hold everything. */
export const MINUTES_KEPT_DAYS = 14
/** How far back recorded traffic may be replayed. */
export const REPLAY_DAYS_MAX = 31
/** Minutes are dropped while they take more space: a chart of a day by the quarter hour adds up all of them. */
const MINUTES_BYTES_MAX = 192 * 1024 * 1024
/** Except those of the last hours, of which charts by the minute are made. */
const MINUTES_KEPT_HOURS_MIN = 2

/** Since when the minutes are all there; before, only the hours are. */
export async function findMinutesFrom(pool: pg.Pool, now = new Date()): Promise<Date> {
  const { rows } = await pool.query<{ since: Date }>('SELECT since FROM decision_minutes_kept')
  return new Date(Math.max(now.getTime() - (MINUTES_KEPT_DAYS - 1) * DAY_MS, rows[0]?.since.getTime() ?? 0))
}

/** Gives back the space of minutes beyond their bound. */
export async function boundMinutes(pool: pg.Pool, bytesMax = MINUTES_BYTES_MAX): Promise<void> {
  await pool.query('SELECT bound_decision_minutes($1, make_interval(hours => $2))', [bytesMax, MINUTES_KEPT_HOURS_MIN])
}
