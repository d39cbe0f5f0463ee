import type { Caller } from './caller.ts'

const WAYS = 4

/**
 * Callers by their whole `Authorization` header, bounded and without garbage. A few characters make the print that chooses the
 * place, as hashing 600 of them costs more than all checks together; the whole header is compared before an entry is used. A
 * full place forgets the entry that was not used for longest.
 */
export class TokenCache {
  readonly #slots: (Caller | undefined)[]
  /** Of each slot's header. Where it differs, the header of somebody else need not be fetched from memory. */
  readonly #prints: Int32Array
  readonly #usedAt: Float64Array
  readonly #mask: number
  #clock = 0

  /** `capacity` is rounded up to a power of two. */
  constructor(capacity: number) {
    const sets = 2 ** Math.ceil(Math.log2(Math.max(1, capacity / WAYS)))
    this.#mask = sets - 1
    this.#slots = new Array<Caller | undefined>(sets * WAYS).fill(undefined)
    this.#prints = new Int32Array(sets * WAYS)
    this.#usedAt = new Float64Array(sets * WAYS)
  }

  find(authorization: string): Caller | undefined {
    const print = printOf(authorization)
    const base = this.#baseOf(print)
    for (let way = base; way < base + WAYS; way++) {
      if (this.#prints[way] !== print) continue
      const caller = this.#slots[way]
      if (caller?.authorization !== authorization) continue
      this.#usedAt[way] = ++this.#clock
      return caller
    }
    return undefined
  }

  keep(caller: Caller): void {
    const print = printOf(caller.authorization)
    const slot = this.#slotFor(caller.authorization, print)
    this.#prints[slot] = print
    this.#usedAt[slot] = ++this.#clock
    this.#slots[slot] = caller
  }

  clear(): void {
    this.#slots.fill(undefined)
    this.#prints.fill(0)
    this.#usedAt.fill(0)
  }

  /** Its own where the header is here already, else an empty one, else the one that was not used for longest. */
  #slotFor(authorization: string, print: number): number {
    const base = this.#baseOf(print)
    let slot = base
    for (let way = base; way < base + WAYS; way++) {
      if (this.#prints[way] === print && this.#slots[way]?.authorization === authorization) return way
      if ((this.#usedAt[way] ?? 0) < (this.#usedAt[slot] ?? 0)) slot = way
    }
    return slot
  }

  #baseOf(print: number): number {
    return ((print ^ (print >>> 15)) & this.#mask) * WAYS
  }
}

/** The last characters but two belong to the signature, where tokens differ most. */
function printOf(authorization: string): number {
  let print = authorization.length
  for (let index = authorization.length - 3; index > 0 && index > authorization.length - 11; index--)
    print = (Math.imul(print, 31) + authorization.charCodeAt(index)) | 0
  return print
}
