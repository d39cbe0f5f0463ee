import type { Caller } from './caller.ts'

const WAYS = 4

/**
 * Callers by their whole `Authorization` header, bounded and without garbage. Only a few characters choose the place, as
 * hashing 600 of them costs more than all checks together; the whole header is compared before an entry is used. A full
 * place forgets the entry that was not used for longest.
 */
export class TokenCache {
  readonly #slots: (Caller | undefined)[]
  readonly #mask: number
  #clock = 0

  /** `capacity` is rounded up to a power of two. */
  constructor(capacity: number) {
    const sets = 2 ** Math.ceil(Math.log2(Math.max(1, capacity / WAYS)))
    this.#mask = sets - 1
    this.#slots = new Array<Caller | undefined>(sets * WAYS).fill(undefined)
  }

  find(authorization: string): Caller | undefined {
    const base = this.#baseOf(authorization)
    for (let way = base; way < base + WAYS; way++) {
      const caller = this.#slots[way]
      if (caller?.authorization === authorization) {
        caller.usedAt = ++this.#clock
        return caller
      }
    }
    return undefined
  }

  keep(caller: Caller): void {
    const base = this.#baseOf(caller.authorization)
    let target = base
    for (let way = base; way < base + WAYS; way++) {
      const present = this.#slots[way]
      if (present === undefined || present.authorization === caller.authorization) {
        target = way
        break
      }
      if (present.usedAt < (this.#slots[target]?.usedAt ?? 0)) target = way
    }
    caller.usedAt = ++this.#clock
    this.#slots[target] = caller
  }

  clear(): void {
    this.#slots.fill(undefined)
  }

  /** The last characters but two belong to the signature, where tokens differ most. */
  #baseOf(authorization: string): number {
    let hash = authorization.length
    for (let index = authorization.length - 3; index > 0 && index > authorization.length - 11; index--) {
      hash = Math.imul(hash, 31) + authorization.charCodeAt(index)
    }
    return ((hash ^ (hash >>> 15)) & this.#mask) * WAYS
  }
}
