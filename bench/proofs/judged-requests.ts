import type { Violations } from '../../sdk/test/faults/findings.ts'
import type { SeededRandom } from '../../sdk/test/seeded-random.ts'
import { bearer, thingOf } from './proof-fleet.ts'
import type { LongHeldTokens } from './token-requests.ts'
import type { TrafficStage } from './traffic-stage.ts'

/** Requests all of which have to be let through: half with a token that is used for its whole life, half by the middleware. */
export class JudgedRequests {
  readonly #stage: TrafficStage
  readonly #tokens: LongHeldTokens
  readonly #random: SeededRandom
  readonly #violations: Violations
  /** Sent with a token that was signed by another key than the newest is. */
  outlived = 0
  oldestMs = 0

  constructor(stage: TrafficStage, tokens: LongHeldTokens, random: SeededRandom, violations: Violations) {
    this.#stage = stage
    this.#tokens = tokens
    this.#random = random
    this.#violations = violations
  }

  async sendOne(): Promise<void> {
    const instance = this.#random.pick(this.#stage.instances)
    if (this.#random.below(2) === 0) {
      await this.#judge('the middleware', this.#random.pick(this.#stage.callers).fetch(thingOf(instance)))
      return
    }
    const token = this.#random.pick(this.#tokens.of(instance.audience))
    const ageMs = performance.now() - token.gotAtMs
    this.oldestMs = Math.max(this.oldestMs, ageMs)
    if (this.#tokens.isFromBefore(token)) this.outlived++
    await this.#judge(`a token of ${String(Math.round(ageMs))} ms`, fetch(thingOf(instance), bearer(token.value)))
  }

  async #judge(who: string, answer: Promise<Response>): Promise<void> {
    const response = await answer.catch((error: unknown) => String(error))
    if (typeof response === 'string') return this.#violations.add(`${who}: ${response}`)
    await response.body?.cancel()
    const challenge = response.headers.get('www-authenticate') ?? ''
    this.#violations.require(response.status === 200, `${who}: ${String(response.status)} ${challenge}`)
  }
}
