/** Of a day, UTC. */
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** Rows with an `hour` and a `count`, as an array of what each hour counts. */
export const SUMS_BY_HOUR = `ARRAY[${HOURS.map((hour) => `coalesce(sum(count) FILTER (WHERE hour = ${hour}), 0)`).join(', ')}]::bigint[]`
