import { SignatureCounts } from '../../contract/machine.ts'
import type { FactsSource, ReadSignatureFacts, SignatureItem } from './facts-reader.ts'

const ENTRIES_MAX = 50_000
const BYTES_MAX = 48 * 1024 * 1024
/** More that differ in nothing but their scopes or surroundings are not remembered: to find one, all are compared. */
const ALIKE_MAX = 16
/** What an entry takes besides its text. */
const ENTRY_BYTES = 400

const COUNTS = new Set(Object.keys(SignatureCounts.shape))

interface Entry {
  readonly item: SignatureItem
  /** Of the facts. */
  readonly names: readonly string[]
  readonly read: ReadSignatureFacts
}

interface Alike {
  readonly entries: Entry[]
  bytes: number
}

export interface FactsMemory {
  find(item: SignatureItem, source: FactsSource): ReadSignatureFacts | undefined
  keep(item: SignatureItem, source: FactsSource, read: ReadSignatureFacts): void
}

/**
 * Items whose facts passed, found again by comparing every one of them: an instance reports the same ones every few seconds. Bounded;
 * what was kept first goes first.
 */
export function createFactsMemory(entriesMax = ENTRIES_MAX, bytesMax = BYTES_MAX): FactsMemory {
  const memory = new Map<string, Alike>()
  let entries = 0
  let bytes = 0

  const forgetFirst = (): void => {
    const first = memory.entries().next()
    if (first.done === true) return
    const [key, alike] = first.value
    memory.delete(key)
    entries -= alike.entries.length
    bytes -= alike.bytes
  }

  return {
    find: (item, source) => {
      const names = Object.keys(item).length - COUNTS.size
      const alike = memory.get(keyOf(item, source))?.entries
      return alike?.find((entry) => entry.names.length === names && isSame(entry, item))?.read
    },
    keep: (item, source, read) => {
      const key = keyOf(item, source)
      const alike = memory.get(key) ?? { entries: [], bytes: 0 }
      if (alike.entries.length >= ALIKE_MAX) return
      const size = ENTRY_BYTES + 2 * JSON.stringify(item).length
      alike.entries.push({ item, names: Object.keys(item).filter((name) => !COUNTS.has(name)), read })
      alike.bytes += size
      memory.set(key, alike)
      entries++
      bytes += size
      while (entries > entriesMax || bytes > bytesMax) forgetFirst()
    },
  }
}

/** A place to look at: what differs may share it. */
const keyOf = (
  { method, route, caller, outcome }: SignatureItem,
  { environmentId, serviceId, replayed }: FactsSource,
): string =>
  `${serviceId} ${environmentId} ${replayed} ${String(method)} ${String(route)} ${String(caller)} ${String(outcome)}`

function isSame({ item: known, names }: Entry, item: SignatureItem): boolean {
  for (const name of names) if (!isEqual(known[name], item[name])) return false
  return true
}

/** Of values that were JSON. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, at) => isEqual(each, b[at]))
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual((a as SignatureItem)[name], (b as SignatureItem)[name])) // plain objects, as JSON makes them
  )
}
