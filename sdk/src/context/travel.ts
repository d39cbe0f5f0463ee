import type { Coordinates } from './geo-lookup.ts'

const EARTH_RADIUS_KM = 6_371
/** Addresses are placed inaccurately; below this nothing is said. */
const DISTANCE_KM_MIN = 500
/** Faster than airliners fly. */
const SPEED_KMH_MAX = 1_000
const HOUR_MS = 3_600_000

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Distance on the globe in kilometres, by the haversine formula. */
export function distanceKm(from: Coordinates, to: Coordinates): number {
  const latitude = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2
  const longitude = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2
  const share = latitude + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * longitude
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(share)))
}

/** Whether nobody gets from one place to the other in the time: more than 500 km at more than 1,000 km/h. */
export function isImpossibleTravel(from: Coordinates, to: Coordinates, elapsedMs: number): boolean {
  const distance = distanceKm(from, to)
  return distance > DISTANCE_KM_MIN && distance * HOUR_MS > SPEED_KMH_MAX * Math.max(0, elapsedMs)
}
