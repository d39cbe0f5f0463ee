const TICK_MS = 250
/** Answers written before other requests get their turn. */
const ANSWERS_PER_TURN = 250

/** A held request. */
export interface Waiter {
  /** Answers the request, changed or not. */
  readonly answer: () => void
}

export interface WaitingRoom<W extends Waiter> {
  readonly size: number
  /** Holds until the key is woken or the time is over, whichever is first. */
  hold(key: string, waiter: W, seconds: number): void
  leave(key: string, waiter: W): void
  wake(key: string): void
  /** Answers everybody and holds nobody from now on. */
  close(): void
}

/** Thousands of held requests for the price of one set each and one timer in all. */
export function createWaitingRoom<W extends Waiter>(): WaitingRoom<W> {
  const waiting = new Map<string, Map<W, number>>()
  let size = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const remove = (key: string, waiter: W): boolean => {
    const waiters = waiting.get(key)
    if (!waiters?.delete(waiter)) return false
    if (waiters.size === 0) waiting.delete(key)
    if (--size === 0) {
      clearInterval(timer)
      timer = undefined
    }
    return true
  }

  const answerDue = (): void => {
    const now = performance.now()
    for (const [key, waiters] of waiting) {
      for (const [waiter, deadline] of waiters) if (deadline <= now && remove(key, waiter)) waiter.answer()
    }
  }

  const answerAll = (key: string, waiters: readonly W[]): void => {
    let answered = 0
    for (const waiter of waiters.slice(0, ANSWERS_PER_TURN)) {
      if (remove(key, waiter)) waiter.answer()
      answered++
    }
    if (answered < waiters.length) setImmediate(answerAll, key, waiters.slice(answered))
  }

  return {
    get size() {
      return size
    },
    hold: (key, waiter, seconds) => {
      if (closed) return waiter.answer()
      const waiters = waiting.get(key) ?? new Map<W, number>()
      waiting.set(key, waiters.set(waiter, performance.now() + seconds * 1_000))
      size++
      timer ??= setInterval(answerDue, TICK_MS)
    },
    leave: (key, waiter) => void remove(key, waiter),
    wake: (key) => answerAll(key, [...(waiting.get(key)?.keys() ?? [])]),
    close: () => {
      closed = true
      for (const [key, waiters] of [...waiting])
        for (const waiter of [...waiters.keys()]) if (remove(key, waiter)) waiter.answer()
    },
  }
}
