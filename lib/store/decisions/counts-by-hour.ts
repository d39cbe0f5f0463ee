import type { DecisionFilter } from './decision-filter.ts'

/** Counts per signature and hour that may begin between two times, wherever they are kept. */
export const countsByHour = (alias: string, from: string, to: string): string =>
  `(SELECT signature_id, bucket, count FROM decision_count
    WHERE day BETWEEN (${from}::timestamptz AT TIME ZONE 'UTC')::date AND (${to}::timestamptz AT TIME ZONE 'UTC')::date
      AND bucket >= ${from} AND bucket < ${to}) ${alias}`

/**
 * The same for what a filter leaves of the signatures `s`. Those of one endpoint are few and looked for one by one: without
 * `OFFSET 0` PostgreSQL would unpack all days to find them.
 */
export const countsByHourOf = ({ endpoint }: DecisionFilter, alias: string, from: string, to: string): string =>
  endpoint === undefined
    ? countsByHour(alias, from, to)
    : `LATERAL (SELECT * FROM ${countsByHour('counted', from, to)} WHERE signature_id = s.id OFFSET 0) ${alias}`
