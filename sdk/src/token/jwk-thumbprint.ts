import type { PublicJwk } from '../../../lib/policy/snapshot.ts'
import { sha256 } from '../sha256.ts'
import { own, type JsonObject } from './json-object.ts'

/** The members that make a key, in the order in which its thumbprint is made over them (RFC 7638, section 3.2). */
export const KEY_MEMBERS = {
  ES256: ['crv', 'kty', 'x', 'y'],
  EdDSA: ['crv', 'kty', 'x'],
  RS256: ['e', 'kty', 'n'],
} as const satisfies Readonly<Record<PublicJwk['alg'], readonly string[]>>

/** SHA-256 thumbprint of a key in base64url (RFC 7638). Other members of the object do not count. */
export function jwkThumbprint(alg: PublicJwk['alg'], jwk: JsonObject): string {
  const members = Object.fromEntries(KEY_MEMBERS[alg].map((name) => [name, own(jwk, name)]))
  return sha256(JSON.stringify(members))
}
