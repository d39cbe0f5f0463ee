/** `never-started`: no instance was ever seen. `not-polling`: none is running. `no-traffic`: they run, and report nothing. */
export const SILENCES = ['never-started', 'not-polling', 'no-traffic'] as const
export type Silence = (typeof SILENCES)[number]

export interface ServiceSigns {
  readonly liveInstances: number
  /** Last time an instance polled; null when none ever did. */
  readonly lastSeenAt: Date | null
  /** Last decision that was not replayed; null without one. */
  readonly lastDecisionAt: Date | null
  readonly now: Date
}

const QUIET_MS = 24 * 3_600_000

/** How a service is silent; null where it is not. */
export function judgeSilence({ liveInstances, lastSeenAt, lastDecisionAt, now }: ServiceSigns): Silence | null {
  if (lastSeenAt === null) return 'never-started'
  if (liveInstances === 0) return 'not-polling'
  const quietMs = lastDecisionAt === null ? Infinity : now.getTime() - lastDecisionAt.getTime()
  return quietMs >= QUIET_MS ? 'no-traffic' : null
}
