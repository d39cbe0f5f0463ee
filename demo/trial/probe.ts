const TIMEOUT_MS = 10_000

/** Calls one endpoint again and again at a steady pace, and counts what goes wrong. */
export class Probe {
  readonly #call: () => Promise<Response>
  readonly #isRight: (status: number) => boolean
  readonly #timer: NodeJS.Timeout
  readonly failures = new Map<string, number>()
  sent = 0

  constructor(everyMs: number, isRight: (status: number) => boolean, call: (signal: AbortSignal) => Promise<Response>) {
    this.#call = () => call(AbortSignal.timeout(TIMEOUT_MS))
    this.#isRight = isRight
    this.#timer = setInterval(() => void this.#send(), everyMs)
  }

  get failed(): number {
    return [...this.failures.values()].reduce((sum, count) => sum + count, 0)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #send(): Promise<void> {
    this.sent++
    const outcome = await this.#call().then(
      async (answer) => {
        await answer.body?.cancel()
        return this.#isRight(answer.status) ? null : `status ${answer.status.toString()}`
      },
      (error: unknown) => String(error instanceof Error && error.cause !== undefined ? error.cause : error),
    )
    if (outcome !== null) this.failures.set(outcome, (this.failures.get(outcome) ?? 0) + 1)
  }
}
