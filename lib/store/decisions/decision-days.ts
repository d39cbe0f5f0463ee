import type pg from 'pg'

const DAY_MS = 86_400_000
/** Partitions of yesterday to tomorrow are created without being asked for. */
const NEAR_DAYS = 1

/** Days since 1970-01-01, UTC. */
export const dayOf = (atMs: number): number => Math.floor(atMs / DAY_MS)

/** The first day whose hours are kept apart: yesterday. */
export const openDay = (now: Date): number => dayOf(now.getTime()) - 1

/** `2026-11-27`, UTC. */
export const toDate = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

export async function ensureDecisionPartitions(pool: pg.Pool, fromDay: number, toDay: number): Promise<void> {
  await pool.query('SELECT ensure_decision_partitions($1::date, $2::date)', [toDate(fromDay), toDate(toDay)])
}

async function findKeptDays(pool: pg.Pool, days: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query<{ day: number }>(
    `SELECT day FROM (SELECT day, DATE '1970-01-01' + day AS date FROM unnest($1::int[]) AS day) AS wanted
     WHERE to_regclass('decision_hour_' || to_char(date, 'YYYYMM')) IS NOT NULL
       AND to_regclass('decision_sample_' || to_char(date, 'YYYYMMDD')) IS NOT NULL`,
    [days],
  )
  return rows.map(({ day }) => day)
}

/** Days that decisions can be stored for. */
export interface DecisionDays {
  /** Of these days, those that can be stored now; with `create`, partitions that are missing are created. */
  findStorable(days: ReadonlySet<number>, create: boolean): Promise<ReadonlySet<number>>
  /** Looks again: retention may have dropped what was known. */
  forget(): void
}

export function createDecisionDays(pool: pg.Pool): DecisionDays {
  const known = new Set<number>()
  return {
    forget: () => known.clear(),
    findStorable: async (days, create) => {
      const unknown = [...days].filter((day) => !known.has(day)).toSorted((a, b) => a - b)
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

const isNear = (day: number): boolean => Math.abs(day - dayOf(Date.now())) <= NEAR_DAYS
