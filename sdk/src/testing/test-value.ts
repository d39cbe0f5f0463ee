import { readArray, readString, type Field } from '../../../lib/policy/field-reader.ts'
import { SnapshotFormatError } from '../../../lib/policy/snapshot-format-error.ts'
import { StepgateUsageError } from '../errors.ts'
import { requireKnown, requireUsable } from '../known-names.ts'
import { isJsonObject } from '../token/json-object.ts'

const TEXT_LENGTH_MAX = 1_000_000
const ITEMS_MAX = 100_000

/** Runs readers of published configurations on what a test handed to `owner`: what does not fit is the test's mistake. */
export function readTestValue<Value>(owner: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SnapshotFormatError)) throw error
    const place = error.path === '' ? 'the configuration' : error.path
    throw new StepgateUsageError('value-unusable', `${owner}: ${place} ${error.problem}`)
  }
}

/** What was left out is what it is by default. */
export const readOr = <Value, Otherwise>(
  field: Field,
  otherwise: Otherwise,
  read: (field: Field) => Value,
): Value | Otherwise => (field.value === undefined ? otherwise : read(field))

export const readText = (field: Field): string => readString(field, TEXT_LENGTH_MAX)

/** An empty one may be what is tested. */
export const readAnyText = (field: Field): string => readString(field, TEXT_LENGTH_MAX, 0)

export const readTexts = (field: Field): string[] => readArray(field, ITEMS_MAX, readText)

export function readSeconds({ value, path }: Field): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new SnapshotFormatError(path, 'must be seconds')
  return value
}

/** A plain object: what others hold, as `Headers` do, is not seen. */
export function readObject({ value, path }: Field): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null))
    throw new SnapshotFormatError(path, 'must be a plain object')
  return value
}

export const readTextsByName = (field: Field): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(readObject(field)).map(([name, value]) => [
      name,
      readAnyText({ value, path: `${field.path}.${name}` }),
    ]),
  )

/** Headers are looked up by their names in lower case: others would not be found. */
export function readHeaders(field: Field): Readonly<Record<string, string>> {
  const headers = readTextsByName(field)
  const name = Object.keys(headers).find((each) => each !== each.toLowerCase())
  if (name !== undefined) throw new SnapshotFormatError(`${field.path}.${name}`, 'must be in lower case')
  return headers
}

/** A member that is an object with these names and no others. */
export function requireMembers(field: Field, names: readonly string[]): void {
  requireKnown(field.path, field.value, names)
}

/** Throws unless it is something with these methods. */
export function requireMethods(name: string, given: unknown, methods: readonly string[]): void {
  const object = Object(given) as Readonly<Record<string, unknown>>
  requireUsable(
    methods.every((method) => typeof object[method] === 'function'),
    `${name} needs ${methods.join(' and ')}`,
  )
}
