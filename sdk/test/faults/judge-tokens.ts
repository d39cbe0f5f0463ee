/** Hostile tokens by the hundred thousand: none is accepted that an independent verifier refuses, and none does harm. */
import { verifyToken } from '../../src/token/verify-token.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { Violations, type Findings } from './findings.ts'
import { NOW_SECONDS, TokenForge } from './token-forge.ts'
import { shareOf, TOKEN_MUTATIONS } from './token-mutations.ts'
import { isRefusedOnPurpose, TokenOracle } from './token-oracle.ts'

export interface TokenTrial {
  readonly random: SeededRandom
  /** Over all tricks together. */
  readonly tokens: number
  /** Of the refused ones, one in so many is shown to the oracle. */
  readonly refusedPerSecondOpinion: number
}

interface Tally {
  tokens: number
  accepted: number
  secondOpinions: number
}

class TokenTribunal {
  readonly #forge: TokenForge
  readonly #oracle: TokenOracle
  readonly #trial: TokenTrial
  readonly #violations = new Violations()
  readonly #tally: Tally = { tokens: 0, accepted: 0, secondOpinions: 0 }

  private constructor(trial: TokenTrial, oracle: TokenOracle, forge: TokenForge) {
    this.#trial = trial
    this.#oracle = oracle
    this.#forge = forge
  }

  static async of(trial: TokenTrial): Promise<TokenTribunal> {
    const forge = new TokenForge()
    return new TokenTribunal(trial, await TokenOracle.of(forge), forge)
  }

  async try(name: string): Promise<void> {
    const { random, tokens } = this.#trial
    const mutate = TOKEN_MUTATIONS[name]
    if (mutate === undefined) throw new Error(`there is no trick "${name}"`)
    for (let count = shareOf(name, tokens); count > 0; count--) await this.#judge(name, mutate(random, this.#forge))
  }

  findings(): Findings {
    const { tokens, accepted, secondOpinions } = this.#tally
    return { figures: { tokens, accepted, secondOpinions }, violations: this.#violations.list() }
  }

  async #judge(name: string, token: string): Promise<void> {
    this.#tally.tokens++
    const isAccepted = this.#verdict(name, token)
    if (isAccepted === null) return
    if (isAccepted) this.#tally.accepted++
    else if (this.#tally.tokens % this.#trial.refusedPerSecondOpinion !== 0) return
    this.#tally.secondOpinions++
    const isGood = await this.#oracle.accepts(token)
    if (isAccepted && !isGood) this.#violations.add(`accepted, and jose refuses it (${name}): ${token}`)
    if (!isAccepted && isGood && !isRefusedOnPurpose(token))
      this.#violations.add(`refused, and jose accepts it (${name}): ${token}`)
  }

  #verdict(name: string, token: string): boolean | null {
    try {
      return verifyToken(token, this.#forge.trust, NOW_SECONDS * 1000).problem === null
    } catch (error) {
      this.#violations.add(`thrown at (${name}): ${String(error)}: ${token}`)
      return null
    }
  }
}

export async function judgeTokens(trial: TokenTrial): Promise<Findings> {
  const tribunal = await TokenTribunal.of(trial)
  for (const name of Object.keys(TOKEN_MUTATIONS)) await tribunal.try(name)
  return tribunal.findings()
}
