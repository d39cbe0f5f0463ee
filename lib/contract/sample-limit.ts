/** Denials, and would-be denials, of the same facts that are kept one by one in an hour; all are counted. */
export const SAMPLES_PER_HOUR_MAX = 60
