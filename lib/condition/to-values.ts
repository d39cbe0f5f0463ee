/** Values as an expression sees them: maps without a prototype's members, and whole numbers as integers. */
type Value = string | number | bigint | boolean | null | readonly Value[] | ReadonlyMap<string, Value>

export const LIST_LENGTH_MAX = 250
const DEPTH_MAX = 8

/** What does not fit: no condition can be judged by it. */
class UnfitValueError extends Error {}

function toValue(value: unknown, depth: number): Value {
  if (depth > DEPTH_MAX) throw new UnfitValueError()
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (Array.isArray(value)) return toList(value, depth)
  if (typeof value === 'object') return toMap(value, depth)
  throw new UnfitValueError()
}

function toList(items: readonly unknown[], depth: number): readonly Value[] {
  if (items.length > LIST_LENGTH_MAX) throw new UnfitValueError()
  return items.map((item) => toValue(item, depth + 1))
}

const toMap = (object: object, depth: number): ReadonlyMap<string, Value> =>
  new Map(Object.entries(object).map(([name, value]) => [name, toValue(value, depth + 1)]))

/** The claims of a token; null when there is a list or a depth in them that no condition is judged by. */
export function toClaimValues(payload: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> | null {
  try {
    return toMap(payload, 0)
  } catch (error) {
    if (error instanceof UnfitValueError) return null
    throw error
  }
}

/** Parameters of a route. Those that stand for several segments are joined again; those that are absent stay away. */
export function toParamValues(params: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const name of Object.keys(params)) {
    const value = params[name]
    if (typeof value === 'string') values.set(name, value)
    else if (Array.isArray(value) && value.every((part) => typeof part === 'string')) values.set(name, value.join('/'))
  }
  return values
}
