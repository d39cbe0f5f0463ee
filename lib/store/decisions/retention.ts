/** Counts per minute are written for decisions no older than this; the hours hold everything. */
export const MINUTES_KEPT_DAYS = 14
/** How far back recorded traffic may be replayed. */
export const REPLAY_DAYS_MAX = 31
