import { createHash } from 'node:crypto'

const SLOT_MS = 10_000
const DIGEST_BYTES = 16

/**
 * Remembers which proofs were used until they could not be used anyway. Bounded: when it is full it refuses what is new
 * rather than forget what may still come again. One key may fill half of it, so that nobody shuts everybody out.
 */
export class ReplayMemory {
  readonly #capacity: number
  /** By the end of the time slot in which they may be forgotten, then by key. */
  readonly #slots = new Map<number, Map<string, Set<string>>>()
  #size = 0
  #forgottenUntilMs = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  /** Whether this is the first use of the id with this key; false as well when that cannot be remembered until `usableUntilMs`. */
  claim(key: string, id: string, usableUntilMs: number, nowMs: number): boolean {
    this.#forget(nowMs)
    const slotEndMs = (Math.floor(usableUntilMs / SLOT_MS) + 1) * SLOT_MS
    // The clock was set back: what was used up to here is not remembered any more.
    if (slotEndMs <= this.#forgottenUntilMs) return false
    const digest = createHash('sha256').update(id).digest().toString('latin1', 0, DIGEST_BYTES)
    if (this.#isKnown(key, digest) || this.#isFull(key)) return false
    this.#idsOf(slotEndMs, key).add(digest)
    this.#size++
    return true
  }

  #isKnown(key: string, digest: string): boolean {
    for (const keys of this.#slots.values()) if (keys.get(key)?.has(digest) === true) return true
    return false
  }

  #isFull(key: string): boolean {
    let ofKey = 0
    for (const keys of this.#slots.values()) ofKey += keys.get(key)?.size ?? 0
    return this.#size >= this.#capacity || ofKey >= this.#capacity / 2
  }

  #idsOf(slotEndMs: number, key: string): Set<string> {
    const keys = this.#slots.get(slotEndMs) ?? new Map<string, Set<string>>()
    const ids = keys.get(key) ?? new Set<string>()
    this.#slots.set(slotEndMs, keys.set(key, ids))
    return ids
  }

  #forget(nowMs: number): void {
    for (const [endMs, keys] of this.#slots) {
      if (endMs > nowMs) continue
      for (const ids of keys.values()) this.#size -= ids.size
      this.#slots.delete(endMs)
      this.#forgottenUntilMs = Math.max(this.#forgottenUntilMs, endMs)
    }
  }
}
