/** Timers of minutes, noted as they are set and let off at will: what they do is then seen without waiting for it. */
export class LongTimers {
  readonly #fromMs: number
  readonly #original = globalThis.setTimeout
  readonly #pending: { readonly delayMs: number; readonly timer: NodeJS.Timeout; readonly run: () => void }[] = []

  /** Notes timers of at least so many milliseconds, until `restore`. */
  constructor(fromMs: number) {
    this.#fromMs = fromMs
    const set = this.#original
    const noting = (run: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): NodeJS.Timeout => {
      const timer = set(run, delayMs, ...values)
      if (delayMs >= this.#fromMs) this.#pending.push({ delayMs, timer, run: () => run(...values) })
      return timer
    }
    // The original carries `__promisify__`, which stays.
    globalThis.setTimeout = Object.assign(noting, this.#original)
  }

  get delaysMs(): readonly number[] {
    return this.#pending.map(({ delayMs }) => delayMs)
  }

  letOff(): void {
    for (const { timer, run } of this.#pending.splice(0)) {
      clearTimeout(timer)
      run()
    }
  }

  restore(): void {
    globalThis.setTimeout = this.#original
  }
}
