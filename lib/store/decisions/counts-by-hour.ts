/** Counts per signature and hour that may begin between two times, wherever they are kept. */
export const countsByHour = (alias: string, from: string, to: string): string =>
  `(SELECT signature_id, bucket, count FROM decision_count
    WHERE day BETWEEN (${from}::timestamptz AT TIME ZONE 'UTC')::date AND (${to}::timestamptz AT TIME ZONE 'UTC')::date
      AND bucket >= ${from} AND bucket < ${to}) ${alias}`
