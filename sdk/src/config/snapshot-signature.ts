import { verify } from 'node:crypto'
import { SNAPSHOT_SIGNATURE_TYPE } from '../../../lib/policy/snapshot.ts'
import type { ConfigKey } from '../settings.ts'
import { decodeBase64Url } from '../token/base64url.ts'
import { own, parseJsonObject } from '../token/json-object.ts'

const SIGNATURES_MAX = 8
const SIGNATURE_LENGTH_MAX = 1_024

/** The pinned key a protected header names; null unless the header is exactly the one form there is (RFC 7797). */
function findPinnedKey(segment: string, keys: readonly ConfigKey[]): ConfigKey | null {
  const bytes = decodeBase64Url(segment)
  const header = bytes === null ? null : parseJsonObject(bytes)
  if (
    header === null ||
    own(header, 'alg') !== 'EdDSA' ||
    own(header, 'typ') !== SNAPSHOT_SIGNATURE_TYPE ||
    own(header, 'b64') !== false
  )
    return null
  const critical = own(header, 'crit')
  if (!Array.isArray(critical) || critical.length !== 1 || critical[0] !== 'b64') return null
  return keys.find(({ keyId }) => keyId === own(header, 'kid')) ?? null
}

function isSignedBy(body: Buffer, signature: string, keys: readonly ConfigKey[]): boolean {
  const [header = '', payload, encoded = '', ...rest] = signature.split('.')
  const bytes = decodeBase64Url(encoded)
  // Detached: the middle part is empty, the payload is the body itself.
  if (payload !== '' || rest.length > 0 || bytes?.length !== 64) return false
  const pinned = findPinnedKey(header, keys)
  return pinned !== null && verify(null, Buffer.concat([Buffer.from(`${header}.`, 'latin1'), body]), pinned.key, bytes)
}

/** Whether one of the detached signatures over these exact bytes was made by a pinned key. There are several while keys rotate. */
export function isSnapshotSigned(body: Buffer, signatures: string | undefined, keys: readonly ConfigKey[]): boolean {
  if (signatures === undefined || signatures.length > SIGNATURES_MAX * SIGNATURE_LENGTH_MAX) return false
  return signatures
    .split(',')
    .slice(0, SIGNATURES_MAX)
    .some((signature) => isSignedBy(body, signature.trim(), keys))
}
