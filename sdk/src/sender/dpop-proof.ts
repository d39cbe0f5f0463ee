import { decodeBase64Url } from '../token/base64url.ts'
import { isJsonObject, own, parseJsonObject } from '../token/json-object.ts'
import { isProofAlgorithm, readProofKey, type ProofAlgorithm, type ProofKey } from './proof-key.ts'

export const PROOF_LENGTH_MAX = 4_096
const ID_LENGTH_MAX = 256
const TEXT_LENGTH_MAX = 2_048

/** A proof of possession (RFC 9449, section 4.2), taken apart; nothing of it is believed yet. */
export interface DpopProof {
  readonly alg: ProofAlgorithm
  readonly key: ProofKey
  readonly method: string
  readonly target: string
  readonly issuedAtSeconds: number
  readonly id: string
  readonly accessTokenHash: string | null
  readonly nonce: string | null
  readonly signedBytes: Buffer
  readonly signature: Buffer
}

const isText = (value: unknown, lengthMax: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= lengthMax

const isOptionalText = (value: unknown): value is string | undefined =>
  value === undefined || isText(value, TEXT_LENGTH_MAX)

interface ProofHeader {
  readonly alg: ProofAlgorithm
  readonly key: ProofKey
}

/** Extensions that must be understood are not. The type is compared as it is: nothing else may pass for a proof. */
function readHeader(bytes: Buffer | null): ProofHeader | null {
  const header = bytes === null ? null : parseJsonObject(bytes)
  if (header === null || Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return null
  const [typ, alg, jwk] = [own(header, 'typ'), own(header, 'alg'), own(header, 'jwk')]
  if (typ !== 'dpop+jwt' || !isProofAlgorithm(alg) || !isJsonObject(jwk)) return null
  const key = readProofKey(alg, jwk)
  return key === null ? null : { alg, key }
}

type ProofClaims = Pick<DpopProof, 'method' | 'target' | 'issuedAtSeconds' | 'id' | 'accessTokenHash' | 'nonce'>

function readClaims(bytes: Buffer | null): ProofClaims | null {
  const payload = bytes === null ? null : parseJsonObject(bytes)
  if (payload === null) return null
  const [id, method, target, issuedAt] = [
    own(payload, 'jti'),
    own(payload, 'htm'),
    own(payload, 'htu'),
    own(payload, 'iat'),
  ]
  const [accessTokenHash, nonce] = [own(payload, 'ath'), own(payload, 'nonce')]
  if (!isText(id, ID_LENGTH_MAX) || !isText(method, 32) || !isText(target, TEXT_LENGTH_MAX)) return null
  if (typeof issuedAt !== 'number' || !isOptionalText(accessTokenHash) || !isOptionalText(nonce)) return null
  return {
    id,
    method,
    target,
    issuedAtSeconds: issuedAt,
    accessTokenHash: accessTokenHash ?? null,
    nonce: nonce ?? null,
  }
}

/** Null unless it is a whole and single proof. Several `DPoP` headers arrive joined by a comma, which no proof contains. */
export function decodeProof(header: string | undefined): DpopProof | null {
  if (header === undefined || header.length > PROOF_LENGTH_MAX) return null
  const [first = '', second = '', third = '', ...more] = header.split('.', 4)
  if (more.length > 0) return null
  const head = readHeader(decodeBase64Url(first))
  const claims = head === null ? null : readClaims(decodeBase64Url(second))
  const signature = decodeBase64Url(third)
  if (head === null || claims === null || signature === null) return null
  return { ...head, ...claims, signature, signedBytes: Buffer.from(`${first}.${second}`, 'latin1') }
}
