import type { Logger } from 'pino'

const RETRY_DELAY_MS = 500
const ATTEMPT_WITHIN_MS = 2_000

export interface EnvironmentRefresher {
  /** Refreshes the environment as it is after this call. */
  readonly request: (environmentId: string) => void
  readonly close: () => void
}

/**
 * At most one refresh at a time for an environment. Calls that arrive while one runs are answered together by one more, which starts
 * after them and so sees what they were about; one that fails is repeated until it succeeds.
 */
export function refreshOncePerEnvironment(
  refresh: (environmentId: string) => Promise<void>,
  logger: Logger,
): EnvironmentRefresher {
  const running = new Set<string>()
  const again = new Set<string>()
  let closed = false

  const run = async (environmentId: string): Promise<void> => {
    running.add(environmentId)
    do {
      again.delete(environmentId)
      try {
        await withinTime(refresh(environmentId))
      } catch (error) {
        logger.warn(
          { err: error, environmentId },
          'an environment could not be refreshed; the last known configuration stays',
        )
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS).unref())
        again.add(environmentId)
      }
    } while (again.has(environmentId) && !closed)
    running.delete(environmentId)
  }

  return {
    request: (environmentId) => {
      if (closed) return
      if (running.has(environmentId)) again.add(environmentId)
      else void run(environmentId)
    },
    close: () => void (closed = true),
  }
}

/** A refresh over a connection that fell silent is given up and tried over another one. */
async function withinTime(attempt: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`The database did not answer within ${ATTEMPT_WITHIN_MS} ms.`)),
    ATTEMPT_WITHIN_MS,
  )
  await Promise.race([attempt, late]).finally(() => clearTimeout(timer))
}
