/** What is known of where an address lies. */
export interface GeoPlace {
  /** ISO 3166-1 alpha-2; null when unknown. */
  readonly country: string | null
  /** Number of the autonomous system; null when unknown. */
  readonly autonomousSystem: number | null
  /** Degrees, north positive. Without both coordinates no travel is judged. */
  readonly latitude?: number
  /** Degrees, east positive. */
  readonly longitude?: number
}

/**
 * Tells where an address lies, from memory: it is asked on the way of a request, once for each address that was not seen
 * lately. Null when the address is not known. One that throws is reported and counts as not knowing.
 */
export interface GeoLookup {
  /** The place of an IPv4 or IPv6 address, as text; null when it is not known. Called on a request: must not wait. */
  lookup(address: string): GeoPlace | null
}

/** A place as it was checked. The same object for the same address, as long as the source stays the same. */
export interface Place {
  readonly country: string | null
  readonly autonomousSystem: number | null
  readonly coordinates: Coordinates | null
}

/** Degrees, north and east positive. */
export interface Coordinates {
  readonly latitude: number
  readonly longitude: number
}

export const NOWHERE: Place = Object.freeze({ country: null, autonomousSystem: null, coordinates: null })

const SYSTEM_NUMBER_MAX = 4_294_967_295

const isWithin = (value: unknown, bound: number): value is number =>
  typeof value === 'number' && Math.abs(value) <= bound

function toCoordinates({ latitude, longitude }: GeoPlace): Coordinates | null {
  return isWithin(latitude, 90) && isWithin(longitude, 180) ? { latitude, longitude } : null
}

/** What a lookup answered, without what cannot be true. */
export function toPlace(answer: GeoPlace | null): Place {
  if (answer === null) return NOWHERE
  const { country, autonomousSystem: system } = answer
  return {
    country: typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? country : null,
    autonomousSystem: Number.isInteger(system) && isWithin(system, SYSTEM_NUMBER_MAX) && system >= 0 ? system : null,
    coordinates: toCoordinates(answer),
  }
}
