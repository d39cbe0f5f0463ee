import { sha256 } from '../sha256.ts'

/** What tells a device apart, by the strength of what it rests on. */
export interface Device {
  /**
   * `key:…` is the thumbprint of a key whose possession was proven. `instance:…` is what a service or integration with a
   * valid token says of its installation. `fp:…` is a fingerprint of headers, which anybody can send.
   */
  readonly id: string
  /** A proven key cannot be copied with the request it came in; everything else can. */
  readonly isProven: boolean
}

export const provenDevice = (thumbprint: string): Device => ({ id: `key:${thumbprint}`, isProven: true })

/** Sent by `stepgate.fetch`: which installation of the calling service this is. */
export const INSTANCE_HEADER = 'stepgate-instance-id'

const INSTANCE = /^[\w-]{16,64}$/

/** Null for what is not an id: it is the caller's to choose, and goes into reports. */
export const declaredDevice = (instance: string): Device | null =>
  INSTANCE.test(instance) ? { id: `instance:${instance}`, isProven: false } : null

/**
 * Headers that stay the same from request to request and from update to update, in the order in which they are hashed. The
 * order in which they were sent is not known to every framework, so it takes no part.
 */
export const FINGERPRINT_HEADERS = [
  'user-agent',
  'accept-language',
  'accept-encoding',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
] as const

const BRAND = /"([^"]*)";\s*v=/g
const INVENTED_BRAND = /^\W*not.a.brand$/i

/** Browsers shuffle their brands, and add an invented one, with each version. */
const readBrands = (header: string): string[] =>
  Array.from(header.matchAll(BRAND), ([, brand = '']) => brand)
    .filter((brand) => !INVENTED_BRAND.test(brand))
    .sort()

const withoutVersions = (product: string): string => product.replace(/\d[\d._]*/g, '')

/** Version numbers are left out: a browser that updated itself is the same device. */
const toTrait = (header: string | undefined, index: number): unknown => {
  if (header === undefined) return null
  if (index === 0) return withoutVersions(header)
  return index === 3 ? readBrands(header) : header
}

/** `headers` in the order of {@link FINGERPRINT_HEADERS}. Null when there is nothing to tell a device by. */
export function fingerprintedDevice(headers: readonly (string | undefined)[], tls: string): Device | null {
  if (tls === '' && headers.every((header) => header === undefined)) return null
  return { id: `fp:${sha256(JSON.stringify([headers.map(toTrait), tls])).slice(0, 22)}`, isProven: false }
}
