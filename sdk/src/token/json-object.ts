import { isUtf8 } from 'node:buffer'
import { isJsonObject, type JsonObject } from '../../../lib/policy/json-object.ts'

export { isJsonObject, own, type JsonObject } from '../../../lib/policy/json-object.ts'

/** Reads a JSON object from UTF-8 bytes; null for anything else, arrays included. */
export function parseJsonObject(bytes: Buffer): JsonObject | null {
  if (!isUtf8(bytes)) return null
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
