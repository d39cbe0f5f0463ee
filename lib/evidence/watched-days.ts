const DAY_MS = 86_400_000

/** Days of a window in which something could have been seen: to a tenth, and never more than the window. */
export const toWatchedDays = (from: Date | null, days: number, now = new Date()): number =>
  from === null ? 0 : Math.min(days, Math.floor(((now.getTime() - from.getTime()) / DAY_MS) * 10) / 10)
