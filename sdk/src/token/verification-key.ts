import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '../../../lib/policy/snapshot.ts'

export interface VerificationKey {
  readonly alg: PublicJwk['alg']
  readonly matches: (signedBytes: Buffer, signature: Buffer) => boolean
}

const RSA_BITS_MIN = 2_048
const COORDINATE_BYTES = 32

/** One coordinate as a DER INTEGER: no leading zeros, and one zero before a set sign bit. */
function writeInteger(target: Buffer, offset: number, signature: Buffer, start: number): number {
  let from = start
  const end = start + COORDINATE_BYTES
  while (from < end - 1 && signature[from] === 0) from++
  const isNegative = ((signature[from] ?? 0) & 0x80) !== 0
  const length = end - from + (isNegative ? 1 : 0)
  target[offset] = 0x02
  target[offset + 1] = length
  if (isNegative) target[offset + 2] = 0
  signature.copy(target, offset + 2 + (isNegative ? 1 : 0), from, end)
  return offset + 2 + length
}

/**
 * Turns an ES256 signature as JWS has it (r and s side by side) into DER. Passing `dsaEncoding` instead costs up to 1.8 times
 * the verification on Node 24.
 */
export function toDerSignature(signature: Buffer): Buffer {
  const target = Buffer.allocUnsafe(72)
  const end = writeInteger(target, writeInteger(target, 2, signature, 0), signature, COORDINATE_BYTES)
  target[0] = 0x30
  target[1] = end - 2
  return target.subarray(0, end)
}

function toMatcher(alg: PublicJwk['alg'], key: KeyObject): VerificationKey['matches'] {
  if (alg === 'EdDSA')
    return (signedBytes, signature) => signature.length === 64 && verify(null, signedBytes, key, signature)
  if (alg === 'RS256') return (signedBytes, signature) => verify('sha256', signedBytes, key, signature)
  return (signedBytes, signature) =>
    signature.length === 2 * COORDINATE_BYTES && verify('sha256', signedBytes, key, toDerSignature(signature))
}

function isUsable(alg: PublicJwk['alg'], key: KeyObject): boolean {
  if (alg === 'EdDSA') return key.asymmetricKeyType === 'ed25519'
  if (alg === 'ES256') return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS_MIN
}

/** Makes a key of the snapshot usable, for its own algorithm only. Null for a key that is not what it says or is too weak. */
export function toVerificationKey(jwk: PublicJwk): VerificationKey | null {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return isUsable(jwk.alg, key) ? { alg: jwk.alg, matches: toMatcher(jwk.alg, key) } : null
  } catch {
    return null
  }
}
