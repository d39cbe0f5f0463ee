/** Of a day, UTC. */
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
