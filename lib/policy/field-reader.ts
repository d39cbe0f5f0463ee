import { SnapshotFormatError } from './snapshot-format-error.ts'

/** A value inside a document together with its place, so that a refusal can name it. */
export interface Field {
  readonly value: unknown
  readonly path: string
}

const refuse = (field: Field, problem: string): never => {
  throw new SnapshotFormatError(field.path, problem)
}

function readObject(field: Field): object {
  const { value } = field
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(field, 'must be an object')
  return value
}

/**
 * A member of an object. Only own members count, so neither `__proto__` in the document nor a polluted prototype can supply
 * a value.
 */
export function member(field: Field, name: string): Field {
  const path = field.path === '' ? name : `${field.path}.${name}`
  const owner = readObject(field)
  return { value: Object.hasOwn(owner, name) ? (owner as Record<string, unknown>)[name] : undefined, path }
}

export function readString(field: Field, lengthMax: number, lengthMin = 1): string {
  const { value } = field
  if (typeof value !== 'string') return refuse(field, 'must be a string')
  if (value.length < lengthMin || value.length > lengthMax)
    return refuse(field, `must have ${String(lengthMin)} to ${String(lengthMax)} characters`)
  return value
}

export function readInteger(field: Field, min: number, max: number): number {
  const { value } = field
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return refuse(field, 'must be a whole number')
  if (value < min || value > max) return refuse(field, `must lie between ${String(min)} and ${String(max)}`)
  return value === 0 ? 0 : value
}

export function readOneOf<Word extends string>(field: Field, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === field.value)
  return word ?? refuse(field, `must be one of ${words.join(', ')}`)
}

export function readArray<Item>(field: Field, lengthMax: number, readItem: (item: Field) => Item): Item[] {
  const { value } = field
  if (!Array.isArray(value)) return refuse(field, 'must be an array')
  if (value.length > lengthMax) return refuse(field, `must have at most ${String(lengthMax)} items`)
  return value.map((item: unknown, index) => readItem({ value: item, path: `${field.path}[${String(index)}]` }))
}

/** An array that may be left out, which stands for an empty one. */
export const readOptionalArray = <Item>(field: Field, lengthMax: number, readItem: (item: Field) => Item): Item[] =>
  field.value === undefined ? [] : readArray(field, lengthMax, readItem)

/** Refuses a second item with the same key. */
export function requireDistinct<Item>(items: readonly Item[], path: string, keyOf: (item: Item) => string): void {
  const seen = new Set<string>()
  items.forEach((item, index) => {
    const key = keyOf(item)
    if (seen.has(key)) throw new SnapshotFormatError(`${path}[${String(index)}]`, 'is there twice')
    seen.add(key)
  })
}
