/** What is known of one token: the one at hand, and how asking for another goes. */
export interface Slot<Held> {
  held: Held | null
  pending: Promise<Held> | null
  failures: number
  /** No renewal in the background before this. */
  retryAtMs: number
}

/** Slots by name, bounded: the one that was made first goes first. */
export class TokenSlots<Held> {
  readonly #slots = new Map<string, Slot<Held>>()
  readonly #sizeMax: number

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  find(name: string): Slot<Held> {
    const known = this.#slots.get(name)
    if (known !== undefined) return known
    for (const oldest of this.#slots.keys()) {
      if (this.#slots.size < this.#sizeMax) break
      this.#slots.delete(oldest)
    }
    const slot: Slot<Held> = { held: null, pending: null, failures: 0, retryAtMs: 0 }
    this.#slots.set(name, slot)
    return slot
  }
}
