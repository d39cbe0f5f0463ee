import { sign } from 'node:crypto'
import { SNAPSHOT_SIGNATURE_TYPE } from '../../policy/snapshot.ts'
import type { LoadedKey } from '../signing-key/load-signing-keys.ts'

/** Detached JWS over the exact bytes (RFC 7515 appendix F, RFC 7797), one per key, comma-separated. */
export const signSnapshot = (body: Buffer, keys: readonly LoadedKey[]): string =>
  keys.map((key) => signOnce(body, key)).join(', ')

function signOnce(body: Buffer, { keyId, privateKey }: LoadedKey): string {
  const header = Buffer.from(
    JSON.stringify({ alg: 'EdDSA', kid: keyId, typ: SNAPSHOT_SIGNATURE_TYPE, b64: false, crit: ['b64'] }),
  ).toString('base64url')
  const signature = sign(null, Buffer.concat([Buffer.from(`${header}.`), body]), privateKey)
  return `${header}..${signature.toString('base64url')}`
}
