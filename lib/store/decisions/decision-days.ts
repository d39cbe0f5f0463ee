import type pg from 'pg'

const DAY_MS = 86_400_000
/** Days the worker and every ingesting gateway may create partitions for without being asked: yesterday to tomorrow. */
const NEAR_DAYS = 1

export const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

export async function ensureDecisionPartitions(pool: pg.Pool, fromDay: string, toDay: string): Promise<number> {
  const { rows } = await pool.query<{ created: number }>('SELECT ensure_decision_partitions($1::date, $2::date) AS created', [fromDay, toDay])
  return rows[0]?.created ?? 0
}

async function findKeptDays(pool: pg.Pool, days: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ day: string }>(
    `SELECT day FROM unnest($1::text[]) AS day
     WHERE to_regclass('decision_hour_' || to_char(day::date, 'YYYYMM')) IS NOT NULL
       AND to_regclass('decision_minute_' || to_char(day::date, 'YYYYMMDD')) IS NOT NULL
       AND to_regclass('decision_sample_' || to_char(day::date, 'YYYYMMDD')) IS NOT NULL`,
    [days],
  )
  return rows.map(({ day }) => day)
}

/** Days that decisions can be stored for. */
export interface DecisionDays {
  /** Of these days, those that can be stored now; with `create`, partitions that are missing are created. */
  findStorable(days: ReadonlySet<string>, create: boolean): Promise<ReadonlySet<string>>
  /** Looks again: retention may have dropped what was known. */
  forget(): void
}

export function createDecisionDays(pool: pg.Pool): DecisionDays {
  const known = new Set<string>()
  return {
    forget: () => known.clear(),
    findStorable: async (days, create) => {
      const unknown = [...days].filter((day) => !known.has(day)).toSorted()
      if (unknown.length > 0) {
        const wanted = create ? unknown : unknown.filter(isNear)
        const [first] = wanted
        if (first !== undefined) await ensureDecisionPartitions(pool, first, wanted.at(-1) ?? first)
        for (const day of await findKeptDays(pool, unknown)) known.add(day)
      }
      return new Set([...days].filter((day) => known.has(day)))
    },
  }
}

const isNear = (day: string): boolean => Math.abs(Date.parse(day) - Date.parse(dayOf(new Date()))) <= NEAR_DAYS * DAY_MS
