import { sha256 } from '../sha256.ts'

const SEEN_MAX = 50_000
const NAME_LENGTH = 16

/** What was seen before, by truncated hashes: neither callers nor devices can be read out of it. */
export class SeenMemory {
  readonly #names = new Set<string>()
  /** Whether something was added since it was set back. */
  hasNews = false

  /** Remembers it; whether it was new. Where there is no room the oldest is forgotten, and would be new again. */
  isNew(...parts: readonly string[]): boolean {
    const name = sha256(JSON.stringify(parts)).slice(0, NAME_LENGTH)
    if (this.#names.has(name)) return false
    this.#add(name)
    this.hasNews = true
    return true
  }

  /** One name a line, the oldest first. */
  toText(): string {
    return [...this.#names].join('\n')
  }

  /** Adds what another memory wrote. Anything that is not a name is left out. */
  merge(text: string): void {
    for (const name of text.split('\n').slice(-SEEN_MAX)) {
      if (/^[\w-]{16}$/.test(name)) this.#add(name)
    }
  }

  #add(name: string): void {
    for (const oldest of this.#names) {
      if (this.#names.size < SEEN_MAX || this.#names.has(name)) break
      this.#names.delete(oldest)
    }
    this.#names.add(name)
  }
}
