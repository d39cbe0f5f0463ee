import pg from 'pg'

const { builtins } = pg.types
type Parser = (text: string) => unknown
const findParser = pg.types.getTypeParser as (oid: number, format: string) => Parser // its enum of ids lacks the arrays

const INT8_ARRAY = 1016
const TEXT_ARRAY = 1009

const toSafeNumber = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers that a number holds exactly`)
  return value
}

const parseTextArray = findParser(TEXT_ARRAY, 'text') as (text: string) => (string | null)[]

const parsers = new Map<number, Parser>([
  [builtins.INT8, toSafeNumber],
  [INT8_ARRAY, (text) => parseTextArray(text).map((item) => (item === null ? null : toSafeNumber(item)))],
  [builtins.NUMERIC, Number],
  // A day has no time zone; pg would make it midnight of the machine's.
  [builtins.DATE, (text) => text],
])

/** Counts come as numbers, sums as numbers, days as `YYYY-MM-DD`. Prisma brings its own parsers. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format = 'text') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? findParser(oid, format),
}

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
