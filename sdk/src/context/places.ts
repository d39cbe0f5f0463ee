import type { EventHub } from '../event-hub.ts'
import { NOWHERE, toPlace, type GeoLookup, type Place } from './geo-lookup.ts'
import { messageOf } from '../caught-error.ts'

const ADDRESSES_MAX = 10_000

/** Places by address, of which those asked for lately are kept. */
export class Places {
  readonly #geo: GeoLookup
  readonly #events: EventHub
  readonly #known = new Map<string, Place>()
  #hasFailed = false
  /** Grows when what was answered before may no longer be true. */
  generation = 0

  constructor(geo: GeoLookup, events: EventHub) {
    this.#geo = geo
    this.#events = events
  }

  placeOf(address: string | null): Place {
    if (address === null) return NOWHERE
    const known = this.#known.get(address)
    if (known !== undefined) return known
    const place = this.#lookup(address)
    if (this.#known.size >= ADDRESSES_MAX) this.#known.clear()
    this.#known.set(address, place)
    return place
  }

  forget(): void {
    this.generation++
    this.#hasFailed = false
    this.#known.clear()
  }

  #lookup(address: string): Place {
    try {
      return toPlace(this.#geo.lookup(address))
    } catch (error) {
      if (!this.#hasFailed)
        this.#events.failure('geo-unavailable', `an address could not be looked up: ${messageOf(error)}`)
      this.#hasFailed = true
      return NOWHERE
    }
  }
}
