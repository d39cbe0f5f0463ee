const HINT_LENGTH_MAX = 60
const HINTS_MAX = 50
const OTHER = 'other'
const PRODUCT = /^[!#$%&'*+\-.^_`|~\w]+/

/** Names anonymous callers by the product of their User-Agent. Bounded, as callers choose it freely. */
export class CallerHints {
  readonly #known = new Set<string>()
  #lastUserAgent: string | undefined
  #lastHint: string | null = null

  hintOf(userAgent: string | undefined): string | null {
    if (userAgent === this.#lastUserAgent) return this.#lastHint
    this.#lastUserAgent = userAgent
    this.#lastHint = this.#admit(PRODUCT.exec(userAgent ?? '')?.[0].slice(0, HINT_LENGTH_MAX) ?? null)
    return this.#lastHint
  }

  #admit(hint: string | null): string | null {
    if (hint === null || this.#known.has(hint)) return hint
    if (this.#known.size >= HINTS_MAX) return OTHER
    this.#known.add(hint)
    return hint
  }
}
