import { createHash, randomUUID } from 'node:crypto'
import { encodePart, makeSigningKey, signBytes, type SigningAlgorithm, type SigningKey } from './signing.ts'

const MEMBERS: Readonly<Record<SigningAlgorithm, readonly string[]>> = {
  ES256: ['crv', 'kty', 'x', 'y'],
  EdDSA: ['crv', 'kty', 'x'],
  RS256: ['e', 'kty', 'n'],
}

/** A caller's key for proofs of possession. */
export interface ProofSigner {
  readonly key: SigningKey
  readonly jwk: Readonly<Record<string, unknown>>
  /** As `cnf.jkt` has it. */
  readonly thumbprint: string
}

export function makeProofSigner(alg: SigningAlgorithm): ProofSigner {
  const key = makeSigningKey(alg, 'proof')
  const jwk = Object.fromEntries(MEMBERS[alg].map((name) => [name, key.publicJwk[name]]))
  return { key, jwk, thumbprint: createHash('sha256').update(JSON.stringify(jwk)).digest('base64url') }
}

export interface ProofParts {
  readonly method?: string
  readonly url: string
  readonly token: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** Signs in place of the key that the proof names. */
  readonly signer?: SigningKey
}

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** A proof for one request, good unless a part is replaced; a part that is `undefined` is left out. */
export function makeProof({ key, jwk }: ProofSigner, parts: ProofParts): string {
  const header = encodePart({ typ: 'dpop+jwt', alg: key.alg, jwk, ...parts.header })
  const payload = encodePart({
    jti: randomUUID(),
    htm: parts.method ?? 'GET',
    htu: parts.url,
    iat: Math.floor(Date.now() / 1000),
    ath: hashOf(parts.token),
    ...parts.claims,
  })
  return `${header}.${payload}.${signBytes(parts.signer ?? key, `${header}.${payload}`).toString('base64url')}`
}
