/** What a scenario saw: what it counted, and everything that must never be. */
export interface Findings {
  readonly figures: Readonly<Record<string, number | string>>
  /** A sentence each; empty when all is well. */
  readonly violations: readonly string[]
}

const VIOLATIONS_MAX = 20

/** Collects violations, of which the first few are enough to go by. */
export class Violations {
  readonly #sentences: string[] = []
  #count = 0

  add(sentence: string): void {
    this.#count++
    if (this.#sentences.length < VIOLATIONS_MAX) this.#sentences.push(sentence)
  }

  /** Notes the sentence unless the condition holds. */
  require(condition: boolean, sentence: string): void {
    if (!condition) this.add(sentence)
  }

  list(): string[] {
    const left = this.#count - this.#sentences.length
    return left > 0 ? [...this.#sentences, `and ${String(left)} more`] : [...this.#sentences]
  }
}
