import pg from 'pg'

const { builtins, getTypeParser } = pg.types
const INT8_ARRAY = 1016

const toSafeNumber = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers that a number holds exactly`)
  return value
}

const TEXT_ARRAY: number = 1009
const parseTextArray = getTypeParser(TEXT_ARRAY, 'text') as (text: string) => (string | null)[]

const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, toSafeNumber],
  [INT8_ARRAY, (text) => parseTextArray(text).map((item) => (item === null ? null : toSafeNumber(item)))],
  [builtins.NUMERIC, Number],
  // A day has no time zone; pg would make it midnight of the machine's.
  [builtins.DATE, (text) => text],
])

/** Counts come as numbers, sums as numbers, days as `YYYY-MM-DD`. Prisma brings its own parsers. */
export const columnTypes = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? (getTypeParser(oid, format ?? 'text') as (text: string) => unknown),
} as pg.CustomTypesConfig // pg types getTypeParser per column type, which a table of parsers cannot satisfy

export interface ConnectionOptions {
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string
  /** Role to take after signing in. */
  readonly role?: string
}

/** With another time zone than UTC the Prisma adapter shifts every timestamp, in both directions. */
export function toConnectionSettings({ url, applicationName = 'stepgate', role }: ConnectionOptions): pg.ClientConfig {
  const options = ['-c TimeZone=UTC', ...(role === undefined ? [] : [`-c role=${role}`])].join(' ')
  return {
    connectionString: url,
    application_name: applicationName,
    options,
    types: columnTypes,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  }
}
