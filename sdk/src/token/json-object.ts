import { isUtf8 } from 'node:buffer'
import { isJsonObject, type JsonObject } from '../../../lib/policy/json-object.ts'

export { isJsonObject, own, type JsonObject } from '../../../lib/policy/json-object.ts'

const REPLACEMENT = '\ufffd'

/** Where decoding replaced nothing there was nothing but UTF-8; where it says it did, the bytes may have said so themselves. */
function decodeUtf8(bytes: Buffer, end: number): string | null {
  const text = bytes.toString('utf8', 0, end)
  return !text.includes(REPLACEMENT) || isUtf8(bytes.subarray(0, end)) ? text : null
}

/** Reads a JSON object from UTF-8 bytes, up to the end; null for anything else, arrays included. */
export function parseJsonObject(bytes: Buffer, end = bytes.length): JsonObject | null {
  const text = decodeUtf8(bytes, end)
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
