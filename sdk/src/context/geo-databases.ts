import type { EventHub } from '../event-hub.ts'
import { GeoDatabase, type GeoDatabaseStatus } from './geo-database.ts'
import type { GeoLookup, GeoPlace } from './geo-lookup.ts'

const REFRESH_INTERVAL_MS = 60_000

const merge = (known: GeoPlace, more: GeoPlace): GeoPlace => ({
  ...more,
  ...known,
  country: known.country ?? more.country,
  autonomousSystem: known.autonomousSystem ?? more.autonomousSystem,
})

/** Databases that complete each other: of each fact the first one that knows it is believed. */
export class GeoDatabases implements GeoLookup {
  readonly #databases: readonly GeoDatabase[]
  readonly #refreshMs: number
  #timer: NodeJS.Timeout | null = null
  #isRefreshing = false

  constructor(paths: readonly string[], events: EventHub, refreshMs = REFRESH_INTERVAL_MS) {
    this.#databases = paths.map((path) => new GeoDatabase(path, events))
    this.#refreshMs = refreshMs
  }

  get status(): GeoDatabaseStatus[] {
    return this.#databases.map(({ status }) => status)
  }

  /** Reads all files, and looks after them from here on; `onChange` is told when one was replaced. */
  open(onChange: () => void): void {
    for (const database of this.#databases) database.open()
    this.#timer = setInterval(() => void this.#refresh(onChange), this.#refreshMs)
    this.#timer.unref()
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  lookup(address: string): GeoPlace | null {
    let place: GeoPlace | null = null
    for (const database of this.#databases) {
      const found = database.lookup(address)
      if (found !== null) place = place === null ? found : merge(place, found)
    }
    return place
  }

  /** One look at a time: a slow one must not report what a later one has seen mended. */
  async #refresh(onChange: () => void): Promise<void> {
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    const changes = await Promise.all(this.#databases.map((database) => database.refresh()))
    this.#isRefreshing = false
    if (changes.includes(true)) onChange()
  }
}
