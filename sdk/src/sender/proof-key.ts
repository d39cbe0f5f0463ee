import type { PublicJwk } from '../../../lib/policy/snapshot.ts'
import { own, type JsonObject } from '../token/json-object.ts'
import { jwkThumbprint, KEY_MEMBERS } from '../token/jwk-thumbprint.ts'
import { toVerificationKey, type VerificationKey } from '../token/verification-key.ts'

/** Asymmetric all of them: with a shared secret the receiver could make the proof itself. */
export const PROOF_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const
export type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number]

export const isProofAlgorithm = (value: unknown): value is ProofAlgorithm =>
  (PROOF_ALGORITHMS as readonly unknown[]).includes(value)

const KEY_TYPES = { ES256: 'EC', EdDSA: 'OKP', RS256: 'RSA' } as const
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

/** 4,096 bits; a larger modulus makes each verification expensive for the one who is asked. */
const MEMBER_LENGTH_MAX = 684
const EXPONENT_LENGTH_MAX = 8
const KEYS_MAX = 1_000

/** A public key as a proof carries it, with only the members that make the key. */
export interface ProofKey {
  readonly jwk: PublicJwk
  readonly thumbprint: string
}

const isMember = (name: string, value: unknown): value is string =>
  typeof value === 'string' && value.length <= (name === 'e' ? EXPONENT_LENGTH_MAX : MEMBER_LENGTH_MAX)

/** Null for a key of another type than the algorithm's, and for one that carries anything private. */
export function readProofKey(alg: ProofAlgorithm, jwk: JsonObject): ProofKey | null {
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)) || own(jwk, 'kty') !== KEY_TYPES[alg]) return null
  const entries = KEY_MEMBERS[alg].map((name) => [name, own(jwk, name)] as const)
  if (!entries.every(([name, value]) => isMember(name, value))) return null
  const members = Object.fromEntries(entries)
  const thumbprint = jwkThumbprint(alg, members)
  return { jwk: { ...members, kid: thumbprint, kty: KEY_TYPES[alg], alg }, thumbprint }
}

/** Keys that proofs were made with, by thumbprint, which is a hash of the key: making one costs half a verification. */
export class ProofKeys {
  readonly #keys = new Map<string, VerificationKey>()

  /** Null for a key that cannot be used: too weak, not on its curve. */
  find({ jwk, thumbprint }: ProofKey): VerificationKey | null {
    const known = this.#keys.get(thumbprint)
    if (known !== undefined) return known
    const key = toVerificationKey(jwk)
    if (key === null) return null
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear()
    this.#keys.set(thumbprint, key)
    return key
  }
}
