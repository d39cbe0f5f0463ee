/** Counts per minute are written for decisions no older than this; the hours hold everything. */
export const MINUTES_KEPT_DAYS = 14
/** Whether the minutes since a time are all there; else only the hours are. */
export const areMinutesKept = (from: Date, now: Date): boolean =>
  from.getTime() > now.getTime() - (MINUTES_KEPT_DAYS - 1) * 86_400_000
/** How far back recorded traffic may be replayed. */
export const REPLAY_DAYS_MAX = 31
