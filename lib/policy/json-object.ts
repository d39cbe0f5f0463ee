export type JsonObject = Readonly<Record<string, unknown>>

/** An object in the sense of JSON: neither an array nor null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An own member: neither `__proto__` in the text nor a polluted prototype can supply it. */
export const own = (object: JsonObject, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined
