const WINDOW_MS = 60_000
const FAILURES_MAX = { client: 20, address: 200 } as const
const KEPT_MAX = 20_000

export interface FailureThrottle {
  /** Seconds to wait; 0 when the caller may try. */
  secondsToWait(clientId: string, address: string): number
  failed(clientId: string, address: string): void
}

interface Window {
  startedAtMs: number
  failures: number
}

/**
 * Counts failed attempts by client at an address, and by address, in windows of a minute. Never by client alone: whoever knows a
 * client's name could lock it out.
 */
export function createFailureThrottle(): FailureThrottle {
  const windows = new Map<string, Window>()
  const clientKey = (clientId: string, address: string): string => `${address} ${clientId}`
  const current = (key: string, now: number): Window | undefined => {
    const window = windows.get(key)
    return window !== undefined && now - window.startedAtMs < WINDOW_MS ? window : undefined
  }

  const secondsToEnd = (key: string, failuresMax: number, now: number): number => {
    const window = current(key, now)
    return window !== undefined && window.failures >= failuresMax
      ? Math.ceil((window.startedAtMs + WINDOW_MS - now) / 1_000)
      : 0
  }

  return {
    secondsToWait: (clientId, address) => {
      const now = Date.now()
      return Math.max(
        secondsToEnd(clientKey(clientId, address), FAILURES_MAX.client, now),
        secondsToEnd(address, FAILURES_MAX.address, now),
      )
    },
    failed: (clientId, address) => {
      const now = Date.now()
      for (const key of [clientKey(clientId, address), address]) {
        const window = current(key, now) ?? { startedAtMs: now, failures: 0 }
        window.failures++
        windows.delete(key)
        windows.set(key, window)
      }
      while (windows.size > KEPT_MAX) windows.delete(windows.keys().next().value ?? '')
    },
  }
}
