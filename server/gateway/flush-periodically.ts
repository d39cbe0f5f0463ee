import type { Logger } from 'pino'

export interface Flusher {
  /** Writes now what has gathered; waits for a write under way first. */
  readonly flush: () => Promise<void>
  /** Writes the rest and stops. */
  readonly close: () => Promise<void>
}

interface FlushOptions {
  readonly write: () => Promise<void>
  readonly intervalMs: number
  readonly logger: Logger
  readonly what: string
}

/** Calls `write` at a steady pace, never twice at once. What could not be written stays with its owner for the next time. */
export function flushPeriodically({ write, intervalMs, logger, what }: FlushOptions): Flusher {
  let last: Promise<void> = Promise.resolve()
  let writing = false

  const flush = (): Promise<void> => (last = last.then(writeOnce))
  const writeOnce = async (): Promise<void> => {
    writing = true
    try {
      await write()
    } catch (error) {
      logger.warn({ err: error }, `${what} could not be written; trying again`)
    }
    writing = false
  }
  const timer = setInterval(() => {
    if (!writing) void flush()
  }, intervalMs)
  timer.unref()
  return {
    flush,
    close: () => {
      clearInterval(timer)
      return flush()
    },
  }
}
