const HOUR_MS = 3_600_000

/** However busy it is. */
export const SESSION_MS = 12 * HOUR_MS
/** Without a request. */
export const SESSION_IDLE_MS = 2 * HOUR_MS

/** Selects the sessions that are still good. */
export const liveSession = (now: Date) => ({
  revokedAt: null,
  expiresAt: { gt: now },
  lastSeenAt: { gt: new Date(now.getTime() - SESSION_IDLE_MS) },
})
