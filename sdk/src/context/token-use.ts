import type { Place } from './geo-lookup.ts'
import { isImpossibleTravel } from './travel.ts'

const CONCURRENT_WINDOW_MS = 60_000
const SOURCES_MAX = 4

interface SourceUse {
  readonly source: string
  lastMs: number
}

/** Where one token was used lately, as far as this process has seen. All times are of the monotonic clock. */
export class TokenUse {
  #place: Place | null = null
  #placedAtMs = 0
  /** The one used last is first. */
  #sources: SourceUse[] = []
  #concurrentUntilMs = -Infinity

  /** Whether the token got here from its last use faster than anybody travels. Judged by coordinates alone. */
  travelsImpossibly(place: Place, nowMs: number): boolean {
    if (place === this.#place) {
      this.#placedAtMs = nowMs
      return false
    }
    if (place.coordinates === null) return false
    const from = this.#place?.coordinates ?? null
    const isImpossible = from !== null && isImpossibleTravel(from, place.coordinates, nowMs - this.#placedAtMs)
    this.#place = place
    this.#placedAtMs = nowMs
    return isImpossible
  }

  /** Whether two sources take turns with the token: one, the other, and the one again within a minute. Then for a minute. */
  isConcurrent(source: string, nowMs: number): boolean {
    const [last] = this.#sources
    if (last?.source === source) last.lastMs = nowMs
    else if (this.#isBack(source, nowMs)) this.#concurrentUntilMs = nowMs + CONCURRENT_WINDOW_MS
    return nowMs < this.#concurrentUntilMs
  }

  /** Puts the source first; whether it had its turn before, a short while ago. */
  #isBack(source: string, nowMs: number): boolean {
    const before = this.#sources.find((use) => use.source === source)
    const isBack = before !== undefined && nowMs - before.lastMs <= CONCURRENT_WINDOW_MS
    const others = this.#sources.filter((use) => use !== before).slice(0, SOURCES_MAX - 1)
    this.#sources = [{ source, lastMs: nowMs }, ...others]
    return isBack
  }
}
