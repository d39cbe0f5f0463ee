import type { Caller } from './caller.ts'

const WAYS = 8

/**
 * Callers by their whole `Authorization` header, bounded in number and in characters, and without garbage. A few characters
 * make the print that chooses the place, as hashing 600 of them costs more than all checks together; the whole header is
 * compared before an entry is used. Where one has to go it is the one of its place that was not used for longest.
 */
export class TokenCache {
  readonly #slots: (Caller | undefined)[]
  /** Of each slot's header. Where it differs, the header of somebody else need not be fetched from memory. */
  readonly #prints: Int32Array
  readonly #usedAt: Float64Array
  readonly #mask: number
  readonly #capacity: number
  readonly #charactersMax: number
  #size = 0
  #characters = 0
  #clock = 0
  /** The place that gives up the next one. */
  #hand = 0

  constructor(capacity: number, charactersMax: number) {
    this.#capacity = capacity
    this.#charactersMax = charactersMax
    // Twice as many as are kept: hardly any place is ever full, so what fits is found.
    const places = 2 ** Math.ceil(Math.log2(Math.max(1, (2 * capacity) / WAYS)))
    this.#mask = places - 1
    this.#slots = new Array<Caller | undefined>(places * WAYS).fill(undefined)
    this.#prints = new Int32Array(places * WAYS)
    this.#usedAt = new Float64Array(places * WAYS)
  }

  find(authorization: string): Caller | undefined {
    const print = printOf(authorization)
    const slot = this.#slotOf(authorization, print)
    if (slot === -1) return undefined
    this.#usedAt[slot] = ++this.#clock
    return this.#slots[slot]
  }

  keep(caller: Caller): void {
    const { authorization } = caller
    const print = printOf(authorization)
    this.#forget(this.#slotOf(authorization, print))
    this.#makeRoom(authorization.length)
    const slot = this.#leastUsedOf(this.#placeOf(print), 0)
    this.#forget(slot)
    this.#prints[slot] = print
    this.#usedAt[slot] = ++this.#clock
    this.#slots[slot] = caller
    this.#size++
    this.#characters += authorization.length
  }

  clear(): void {
    this.#slots.fill(undefined)
    this.#prints.fill(0)
    this.#usedAt.fill(0)
    this.#size = 0
    this.#characters = 0
  }

  /** One place after the other gives up what it used least. */
  #makeRoom(characters: number): void {
    while (this.#size > 0 && (this.#size >= this.#capacity || this.#characters + characters > this.#charactersMax))
      this.#forget(this.#leastUsedOf(this.#hand++ & this.#mask, 1))
  }

  #forget(slot: number): void {
    const caller = this.#slots[slot]
    if (caller === undefined) return
    this.#slots[slot] = undefined
    this.#usedAt[slot] = 0
    this.#size--
    this.#characters -= caller.authorization.length
  }

  #slotOf(authorization: string, print: number): number {
    const base = this.#placeOf(print) * WAYS
    for (let slot = base; slot < base + WAYS; slot++) {
      if (this.#prints[slot] === print && this.#slots[slot]?.authorization === authorization) return slot
    }
    return -1
  }

  /** The slot of a place that was not used for longest, of those used since; empty ones were used at 0. -1 where there is none. */
  #leastUsedOf(place: number, since: number): number {
    let least = -1
    let leastUsedAt = Infinity
    for (let slot = place * WAYS; slot < (place + 1) * WAYS; slot++) {
      const usedAt = this.#usedAt[slot] ?? 0
      if (usedAt < since || usedAt >= leastUsedAt) continue
      least = slot
      leastUsedAt = usedAt
    }
    return least
  }

  #placeOf(print: number): number {
    return (print ^ (print >>> 15)) & this.#mask
  }
}

/** The last characters but two belong to the signature, where tokens differ most. */
function printOf(authorization: string): number {
  let print = authorization.length
  for (let index = authorization.length - 3; index > 0 && index > authorization.length - 11; index--)
    print = (Math.imul(print, 31) + authorization.charCodeAt(index)) | 0
  return print
}
