/** A window is remembered in so many parts, and one more for the part that is being filled. */
const PARTS = 32

/**
 * Counts requests in a sliding window. The oldest part leaves as a whole, so requests are remembered for up to 1/32 (3.2 %)
 * longer than the window: never more are let through in any window than the limit, and a caller at the very limit may be
 * refused up to 3.2 % early. All times are of the monotonic clock.
 */
export class RequestCounter {
  readonly #partMs: number
  readonly #counts = new Array<number>(PARTS + 1).fill(0)
  #part = 0
  #total = 0
  /** Set when another counter may have taken its place. */
  isForgotten = false

  constructor(windowSeconds: number) {
    this.#partMs = (windowSeconds * 1000) / PARTS
  }

  /** Counts a request; answers how many the window holds with it. */
  count(nowMs: number): number {
    this.#advance(nowMs)
    const index = this.#part % this.#counts.length
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    return ++this.#total
  }

  isIdle(nowMs: number): boolean {
    this.#advance(nowMs)
    return this.#total === 0
  }

  /** After how long without requests one more would be within the limit. */
  waitMs(nowMs: number, requestsMax: number): number {
    this.#advance(nowMs)
    let remaining = this.#total
    for (let part = this.#part - PARTS; part <= this.#part; part++) {
      if (remaining < requestsMax) return Math.max(0, (part + PARTS) * this.#partMs - nowMs)
      remaining -= this.#counts[this.#indexOf(part)] ?? 0
    }
    return (this.#part + PARTS + 1) * this.#partMs - nowMs
  }

  #advance(nowMs: number): void {
    const part = Math.floor(nowMs / this.#partMs)
    if (part <= this.#part) return
    const passed = Math.min(part - this.#part, this.#counts.length)
    for (let step = 1; step <= passed; step++) {
      const index = (this.#part + step) % this.#counts.length
      this.#total -= this.#counts[index] ?? 0
      this.#counts[index] = 0
    }
    this.#part = part
  }

  #indexOf(part: number): number {
    return (part + this.#counts.length) % this.#counts.length
  }
}
