import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { PublicJwk } from '../../policy/snapshot.ts'
import { ControlError } from '../control-error.ts'

const RSA_BITS_MIN = 2_048
const RSA_BITS_MAX = 8_192
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Reads SPKI PEM or a JWK. Throws `invalid-value` at /publicKey for private, weak and unknown keys. */
export function parsePublicKey(text: string): PublicJwk {
  const trimmed = text.trim()
  return toPublicJwk(trimmed.startsWith('{') ? readJwk(trimmed) : readPem(trimmed))
}

function readJwk(text: string): KeyObject {
  const jwk = readJson(text)
  if (PRIVATE_MEMBERS.some((member) => member in jwk))
    throw refused('is a private key; send its public part and treat this one as exposed')
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    throw refused('is not a JWK of a public key')
  }
}

function readJson(text: string): JsonWebKey {
  try {
    return JSON.parse(text) as JsonWebKey // createPublicKey checks its members
  } catch {
    throw refused('is neither PEM nor a JWK')
  }
}

function readPem(text: string): KeyObject {
  if (text.includes('PRIVATE KEY'))
    throw refused('is a private key; send its public part and treat this one as exposed')
  if (!/^-----BEGIN PUBLIC KEY-----\r?\n[\s\S]+-----END PUBLIC KEY-----$/.test(text))
    throw refused('is neither SPKI PEM (BEGIN PUBLIC KEY) nor a JWK')
  try {
    return createPublicKey({ key: text, format: 'pem' })
  } catch {
    throw refused('is damaged PEM')
  }
}

function toPublicJwk(key: KeyObject): PublicJwk {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' })
  if (kty === 'OKP' && crv === 'Ed25519') return withKeyId({ crv, kty, x }, 'EdDSA')
  if (kty === 'EC' && crv === 'P-256') return withKeyId({ crv, kty, x, y }, 'ES256')
  if (kty === 'RSA') {
    requireSoundRsa(key)
    return withKeyId({ e, kty, n }, 'RS256')
  }
  throw refused('must be Ed25519, P-256 or RSA')
}

function requireSoundRsa(key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < RSA_BITS_MIN)
    throw refused(`is an RSA key of ${modulusLength} bits; use at least ${RSA_BITS_MIN}`)
  if (modulusLength > RSA_BITS_MAX) throw refused(`is an RSA key of ${modulusLength} bits; use at most ${RSA_BITS_MAX}`)
  if (publicExponent < 65_537n) throw refused('is an RSA key with a small exponent; use 65537')
}

/** `members` are those of RFC 7638, in lexical order: they make the thumbprint. */
function withKeyId<Kty extends PublicJwk['kty']>(
  members: { kty: Kty; [member: string]: string | undefined },
  alg: PublicJwk['alg'],
): PublicJwk {
  const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url')
  return { ...members, kid, alg, use: 'sig' }
}

const refused = (detail: string) =>
  new ControlError('invalid-value', `The public key ${detail}.`, [{ pointer: '/publicKey', detail }])
