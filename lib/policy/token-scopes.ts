import { isJsonObject, own, type JsonObject } from './json-object.ts'
import type { SnapshotIssuer } from './snapshot.ts'

const SCOPES_MAX = 200
const SCOPE_LENGTH_MAX = 200

/** Tokens of one caller mostly carry the same scopes. Bounded: a flood of others empties the memory. */
const known = new Map<string, readonly string[] | null>()
const KNOWN_MAX = 1_024
const KNOWN_LENGTH_MAX = 500
let last: { readonly text: string; readonly scopes: readonly string[] | null } = { text: '', scopes: [] }

function findScopes(text: string): readonly string[] | null {
  const scopes = known.get(text)
  return scopes === undefined ? keepScopes(text) : scopes
}

function keepScopes(text: string): readonly string[] | null {
  if (known.size >= KNOWN_MAX) known.clear()
  const scopes = toScopes(text)
  known.set(text, scopes)
  return scopes
}

/** Scopes, sorted and without duplicates, from a space-separated string or an array; null when there is something else. */
export function readScopes(payload: JsonObject, claim: string): readonly string[] | null {
  const stated = own(payload, claim)
  // A claim that may be left out may not be null instead.
  const value = stated === undefined ? '' : stated
  if (typeof value !== 'string' || value.length > KNOWN_LENGTH_MAX) return toScopes(value)
  // Comparing with the last one takes less than looking it up.
  if (value !== last.text) last = { text: value, scopes: findScopes(value) }
  return last.scopes
}

function toScopes(value: unknown): readonly string[] | null {
  const words: readonly unknown[] | null =
    typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : Array.isArray(value) ? value : null
  if (words === null || words.length > SCOPES_MAX) return null
  const scopes = words.filter(
    (word) => typeof word === 'string' && word.length > 0 && word.length <= SCOPE_LENGTH_MAX,
  ) as string[] // the filter's own condition
  return scopes.length === words.length ? [...new Set(scopes)].sort() : null
}

/** The claim of this name, or the one that dots lead to: names may contain dots themselves, `https://example.com/roles`. */
function claimAt(object: JsonObject, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const inner = own(object, path.slice(0, dot))
    const found = isJsonObject(inner) ? claimAt(inner, path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const hasValue = (claim: unknown, value: string): boolean =>
  claim === value || (Array.isArray(claim) && (claim as readonly unknown[]).includes(value))

/** `scopes` and those that follow from other claims of the token, sorted. What is not text, or a list with it, gives none. */
export function withClaimScopes(
  scopes: readonly string[],
  payload: JsonObject,
  mappings: SnapshotIssuer['claimScopes'],
): readonly string[] {
  if (mappings.length === 0) return scopes
  const earned = mappings.flatMap((mapping) =>
    hasValue(claimAt(payload, mapping.claim), mapping.value) ? mapping.scopes : [],
  )
  return earned.length === 0 ? scopes : [...new Set([...scopes, ...earned])].slice(0, SCOPES_MAX).sort()
}
