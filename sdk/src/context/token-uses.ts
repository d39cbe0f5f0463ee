import type { Caller } from '../token/caller.ts'
import { TokenUse } from './token-use.ts'

const TOKENS_MAX = 20_000

/** Without `jti` a token is known by its signature, whatever stands before it in the header. */
const nameOf = ({ facts, tokenId, authorization }: Caller): string =>
  tokenId === null
    ? authorization.slice(authorization.lastIndexOf('.') + 1)
    : `${facts.issuer ?? ''} ${facts.callerKey ?? ''} ${tokenId}`

/** Uses of tokens by the token's own name: they outlive a configuration, and one token spelled in two ways is one. */
export class TokenUses {
  readonly #uses = new Map<string, TokenUse>()

  useOf(caller: Caller): TokenUse {
    const name = nameOf(caller)
    const known = this.#uses.get(name)
    if (known !== undefined) return known
    for (const oldest of this.#uses.keys()) {
      if (this.#uses.size < TOKENS_MAX) break
      this.#uses.delete(oldest)
    }
    const use = new TokenUse()
    this.#uses.set(name, use)
    return use
  }
}
