import type { GeoPlace } from './geo-lookup.ts'
import type { MmdbMap, MmdbValue } from './mmdb-decoder.ts'

const mapOf = (value: MmdbValue | undefined): MmdbMap =>
  typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value) ? value : {}

const isText = (value: MmdbValue | undefined): value is string => typeof value === 'string'
const isNumber = (value: MmdbValue | undefined): value is number => typeof value === 'number'

/** `country.iso_code` as MaxMind and DB-IP write it, `country_code` or `country` as others do. */
function countryOf(record: MmdbMap): string | null {
  return [mapOf(record['country'])['iso_code'], record['country_code'], record['country']].find(isText) ?? null
}

/** `autonomous_system_number`, or `asn` as a number or as `AS3303`. */
function systemOf(record: MmdbMap): number | null {
  const { autonomous_system_number: system, asn } = record
  if (isNumber(system)) return system
  const digits = isText(asn) ? /^(?:AS)?(\d{1,10})$/i.exec(asn)?.[1] : undefined
  return isNumber(asn) ? asn : digits === undefined ? null : Number(digits)
}

function coordinatesOf(record: MmdbMap): Pick<GeoPlace, 'latitude' | 'longitude'> {
  const location = mapOf(record['location'])
  const [latitude, longitude] = [
    location['latitude'] ?? record['latitude'],
    location['longitude'] ?? record['longitude'],
  ]
  return isNumber(latitude) && isNumber(longitude) ? { latitude, longitude } : {}
}

/** What a record says of a place, in the spellings of the databases people use. */
export const readGeoRecord = (record: MmdbMap): GeoPlace => ({
  country: countryOf(record),
  autonomousSystem: systemOf(record),
  ...coordinatesOf(record),
})
