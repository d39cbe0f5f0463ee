const TICK_MS = 5

/** Begins work at a steady rate that does not wait for the end of what was begun. */
export class SteadyPace {
  readonly #timer: NodeJS.Timeout
  readonly #running = new Set<Promise<void>>()
  begun = 0

  constructor(perSecond: number, work: () => Promise<void>) {
    const startedAtMs = performance.now()
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startedAtMs) / 1_000) * perSecond
      while (this.begun < due) this.#begin(work)
    }, TICK_MS)
  }

  #begin(work: () => Promise<void>): void {
    this.begun++
    const running = work().finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Settles when everything that was begun has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
  }
}
