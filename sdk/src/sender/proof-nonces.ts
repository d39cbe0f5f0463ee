import { createHmac, timingSafeEqual } from 'node:crypto'

const PERIOD_MS = 120_000
const MAC_BYTES = 16

/**
 * Nonces that tell how old a proof is by the clock of the service instead of the caller's (RFC 9449, section 9). They follow from
 * a secret and the time, so that all instances of a service give and take the same. One is good for 2 to 4 minutes.
 */
export class ProofNonces {
  readonly #secret: string

  constructor(secret: string) {
    this.#secret = secret
  }

  /** The nonce callers are to use from now on. */
  current(nowMs: number): string {
    return this.#make(Math.floor(nowMs / PERIOD_MS))
  }

  isCurrent(nonce: string, nowMs: number): boolean {
    const period = Math.floor(nowMs / PERIOD_MS)
    return [period, period - 1].some((candidate) => {
      const [expected, presented] = [Buffer.from(this.#make(candidate)), Buffer.from(nonce)]
      return expected.length === presented.length && timingSafeEqual(expected, presented)
    })
  }

  #make(period: number): string {
    const mac = createHmac('sha256', this.#secret)
      .update(`stepgate dpop nonce ${String(period)}`)
      .digest()
    return mac.subarray(0, MAC_BYTES).toString('base64url')
  }
}
