import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { sha256 } from '../sha256.ts'

const ORIGINS_MAX = 1_000
/** RFC 9449, section 8.1: any visible text. */
const NONCE = /^[\x21-\x7e]{1,512}$/

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const toTarget = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

/** Proves possession of a key that is made for this process and never leaves it (RFC 9449). */
export class DpopSigner {
  readonly #privateKey: KeyObject
  readonly #header: string
  /** The nonce each server asked for last. */
  readonly #nonces = new Map<string, string>()

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
    this.#privateKey = privateKey
    this.#header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } })
  }

  /** A proof for one request; with the token that is sent along, except to the token endpoint. */
  prove(method: string, url: string, accessToken: string | null): string {
    const nonce = this.#nonces.get(new URL(url).origin)
    const payload = encode({
      jti: randomUUID(),
      htm: method,
      htu: toTarget(url),
      iat: Math.floor(Date.now() / 1000),
      ...(accessToken === null ? {} : { ath: sha256(accessToken) }),
      ...(nonce === undefined ? {} : { nonce }),
    })
    const input = `${this.#header}.${payload}`
    const signature = sign('sha256', Buffer.from(input), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }

  /** Takes the nonce of an answer for the next proofs to the same server. Whether it is another one than before. */
  takeNonce(url: string, nonce: string | null | undefined): boolean {
    const { origin } = new URL(url)
    if (nonce === null || nonce === undefined || !NONCE.test(nonce) || this.#nonces.get(origin) === nonce) return false
    if (this.#nonces.size >= ORIGINS_MAX) this.#nonces.clear()
    this.#nonces.set(origin, nonce)
    return true
  }
}
