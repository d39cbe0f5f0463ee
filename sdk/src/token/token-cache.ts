import type { Caller } from './caller.ts'

const WAYS = 8
const PLACES_AT_FIRST = 8
// What the notes of a place hold of each of its slots.
const PRINT = 0
const USED_AT = WAYS
const LENGTH = 2 * WAYS
const NOTES = 3 * WAYS
const CLOCK_MAX = 2 ** 31 - 1

/**
 * Callers by their whole `Authorization` header, bounded in number and in characters, and without garbage. A few characters
 * make the print that chooses the place, as hashing 600 of them costs more than all checks together; the whole header is
 * compared before an entry is used. Where one has to go it is the one of its place that was not used for longest.
 *
 * Between two requests a server touches more memory than a processor holds close by, so a use costs what it touches: the slot
 * that the print prefers, and the caller that is found there. Few tokens lie close together, as the table grows with them.
 */
export class TokenCache {
  readonly #placesMax: number
  readonly #capacity: number
  readonly #charactersMax: number
  #slots: (Caller | undefined)[] = []
  /**
   * Of each place: the prints of its headers, when each was used last (0 for never: the slot is empty), and how long each is.
   * What is somebody else's, or has to go, is found without fetching callers from memory.
   */
  #notes = new Int32Array()
  #mask = 0
  #size = 0
  #characters = 0
  /** Goes on with each that is kept: what was used between two of them was used at the same time. */
  #clock = 1
  /** The place that gives up the next one. */
  #hand = 0

  constructor(capacity: number, charactersMax: number) {
    this.#capacity = capacity
    this.#charactersMax = charactersMax
    // Twice as many slots as are kept: hardly any place is ever full, so what fits is found.
    this.#placesMax = 2 ** Math.ceil(Math.log2(Math.max(1, (2 * capacity) / WAYS)))
    this.#layOut(Math.min(PLACES_AT_FIRST, this.#placesMax))
  }

  get size(): number {
    return this.#size
  }

  find(authorization: string): Caller | undefined {
    const print = printOf(authorization)
    const place = this.#placeOf(print)
    const preferred = wayOf(print)
    const way = this.#holds(place, preferred, authorization, print)
      ? preferred
      : this.#wayTo(place, authorization, print)
    return way === -1 ? undefined : this.#use(place, way)
  }

  keep(caller: Caller): void {
    const { authorization } = caller
    const print = printOf(authorization)
    const place = this.#placeOf(print)
    const known = this.#wayTo(place, authorization, print)
    if (known !== -1) this.#forget(place, known)
    if (this.#clock === CLOCK_MAX) this.clear()
    this.#makeRoom(authorization.length)
    caller.print = print
    caller.usedAt = ++this.#clock
    this.#put(caller)
  }

  clear(): void {
    this.#layOut(this.#mask + 1)
    this.#clock = 1
  }

  #layOut(places: number): void {
    this.#mask = places - 1
    this.#slots = new Array<Caller | undefined>(places * WAYS).fill(undefined)
    this.#notes = new Int32Array(places * NOTES)
    this.#size = 0
    this.#characters = 0
  }

  #holds(place: number, way: number, authorization: string, print: number): boolean {
    const caller = this.#slots[place * WAYS + way]
    return caller?.print === print && caller.authorization === authorization
  }

  #use(place: number, way: number): Caller | undefined {
    const caller = this.#slots[place * WAYS + way]
    if (caller !== undefined && caller.usedAt !== this.#clock) {
      caller.usedAt = this.#clock
      this.#notes[place * NOTES + USED_AT + way] = this.#clock
    }
    return caller
  }

  /** Nothing has to go for it while there may be more places. */
  #put(caller: Caller): void {
    const place = this.#placeOf(caller.print)
    const way = this.#wayFor(place, caller.print)
    const notes = place * NOTES + way
    if (this.#notes[notes + USED_AT] !== 0 && this.#grow()) {
      this.#put(caller)
      return
    }
    this.#forget(place, way)
    this.#notes[notes + PRINT] = caller.print
    this.#notes[notes + USED_AT] = caller.usedAt
    this.#notes[notes + LENGTH] = caller.authorization.length
    this.#slots[place * WAYS + way] = caller
    this.#size++
    this.#characters += caller.authorization.length
  }

  /** False where there are as many places as there may be. */
  #grow(): boolean {
    const places = 2 * (this.#mask + 1)
    if (places > this.#placesMax) return false
    const callers = this.#slots
    this.#layOut(places)
    for (const caller of callers) if (caller !== undefined) this.#put(caller)
    return true
  }

  /** One place after the other gives up what it used least. */
  #makeRoom(characters: number): void {
    while (this.#size > 0 && (this.#size >= this.#capacity || this.#characters + characters > this.#charactersMax)) {
      const place = this.#hand++ & this.#mask
      const way = this.#leastUsedOf(place, 1)
      if (way !== -1) this.#forget(place, way)
    }
  }

  #forget(place: number, way: number): void {
    const notes = place * NOTES + way
    if (this.#notes[notes + USED_AT] === 0) return
    this.#notes[notes + USED_AT] = 0
    this.#slots[place * WAYS + way] = undefined
    this.#size--
    this.#characters -= this.#notes[notes + LENGTH] ?? 0
  }

  /** Where in its place it is; -1 where it is not. */
  #wayTo(place: number, authorization: string, print: number): number {
    for (let way = 0; way < WAYS; way++) {
      if (this.#notes[place * NOTES + PRINT + way] === print && this.#holds(place, way, authorization, print))
        return way
    }
    return -1
  }

  /** Where to keep it: as it prefers where that is empty, or else where nothing is or what was not used for longest. */
  #wayFor(place: number, print: number): number {
    const preferred = wayOf(print)
    return this.#notes[place * NOTES + USED_AT + preferred] === 0 ? preferred : this.#leastUsedOf(place, 0)
  }

  /** What of a place was not used for longest, of that used since. -1 where there is none. */
  #leastUsedOf(place: number, since: number): number {
    let least = -1
    let leastUsedAt = Infinity
    for (let way = 0; way < WAYS; way++) {
      const usedAt = this.#notes[place * NOTES + USED_AT + way] ?? 0
      if (usedAt < since || usedAt >= leastUsedAt) continue
      least = way
      leastUsedAt = usedAt
    }
    return least
  }

  #placeOf(print: number): number {
    return (print ^ (print >>> 15)) & this.#mask
  }
}

/** The way of its place that a print prefers. */
const wayOf = (print: number): number => print >>> 29

/** The last characters but two belong to the signature, where tokens differ most. */
function printOf(authorization: string): number {
  let print = authorization.length
  for (let index = authorization.length - 3; index > 0 && index > authorization.length - 11; index--)
    print = (Math.imul(print, 31) + authorization.charCodeAt(index)) | 0
  return print
}
