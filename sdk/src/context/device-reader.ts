import { isIdentityKind } from '../../../lib/policy/vocabulary.ts'
import type { RequestReader } from '../guard/request-reader.ts'
import type { Caller } from '../token/caller.ts'
import {
  declaredDevice,
  fingerprintedDevice,
  FINGERPRINT_HEADERS,
  INSTANCE_HEADER,
  provenDevice,
  type Device,
} from './device.ts'
import { provenKeyOf } from './proven-key.ts'
import { tlsTraitsOf } from './tls-traits.ts'

/** Somebody who only claims to be a service could as well claim to be its installation. */
const maySayInstance = ({ facts: { callerKind, tokenProblem } }: Caller): boolean =>
  tokenProblem === null && isIdentityKind(callerKind)

/**
 * Tells the device of one token's requests. What the last request said is kept as it came in, so that an equal one costs
 * comparisons and no hash; the answer is then the same object.
 */
export class DeviceReader {
  #device: Device | null = null
  #key: string | null = null
  #instance: string | undefined
  #headers: (string | undefined)[] | null = null
  #tls = ''

  read<Request>(caller: Caller, request: Request, reader: RequestReader<Request>): Device | null {
    const key = provenKeyOf(caller)
    if (key !== null) return this.#readKey(key)
    const instance = maySayInstance(caller) ? reader.header(request, INSTANCE_HEADER) : undefined
    if (this.#key === null && instance === this.#instance && instance !== undefined) return this.#device
    const declared = instance === undefined ? null : declaredDevice(instance)
    return declared === null ? this.#readFingerprint(request, reader) : this.#keep(declared, null, instance)
  }

  #readKey(key: string): Device | null {
    return key === this.#key ? this.#device : this.#keep(provenDevice(key), key, undefined)
  }

  #readFingerprint<Request>(request: Request, reader: RequestReader<Request>): Device | null {
    const tls = tlsTraitsOf(reader.socket(request))
    if (this.#headers !== null && tls === this.#tls && isEqual(this.#headers, request, reader)) return this.#device
    const headers = FINGERPRINT_HEADERS.map((name) => reader.header(request, name))
    this.#keep(fingerprintedDevice(headers, tls), null, undefined)
    this.#headers = headers
    this.#tls = tls
    return this.#device
  }

  #keep(device: Device | null, key: string | null, instance: string | undefined): Device | null {
    this.#headers = null
    this.#key = key
    this.#instance = instance
    this.#device = device?.id === this.#device?.id ? this.#device : device
    return this.#device
  }
}

function isEqual<Request>(
  headers: readonly (string | undefined)[],
  request: Request,
  reader: RequestReader<Request>,
): boolean {
  for (let index = 0; index < FINGERPRINT_HEADERS.length; index++) {
    const name = FINGERPRINT_HEADERS[index]
    if (name === undefined || headers[index] !== reader.header(request, name)) return false
  }
  return true
}
