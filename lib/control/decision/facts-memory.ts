import type { SignatureFacts } from '../../contract/machine.ts'
import type { FactsSource, ReadSignatureFacts, SignatureItem } from './facts-reader.ts'

const ENTRIES_MAX = 50_000
const BYTES_MAX = 48 * 1024 * 1024
/** More of one caller and route are not remembered: to find one, all are compared. */
const ALIKE_MAX = 32
/** What an entry takes besides its text. */
const ENTRY_BYTES = 400

interface Entry {
  readonly item: SignatureItem
  /** How many names it has. */
  readonly size: number
  readonly read: ReadSignatureFacts
}

interface Alike {
  readonly entries: Entry[]
  bytes: number
}

export interface FactsMemory {
  find(item: SignatureItem): ReadSignatureFacts | undefined
  keep(item: SignatureItem, read: ReadSignatureFacts): void
}

/**
 * Items of a source whose facts passed, found again by comparing every one of them: an instance reports the same ones every few
 * seconds. Bounded, all sources together; what was kept first goes first.
 */
export function createFactsMemory(
  entriesMax = ENTRIES_MAX,
  bytesMax = BYTES_MAX,
): (source: FactsSource) => FactsMemory {
  const memory = new Map<string, Alike>()
  /** Shorter than what it stands for, which would be a part of every key. */
  const sources = new Map<string, number>()
  let entries = 0
  let bytes = 0

  const numberOf = ({ environmentId, serviceId, replayed }: FactsSource): number => {
    const name = `${environmentId} ${serviceId} ${replayed}`
    const number = sources.get(name) ?? sources.size
    sources.set(name, number)
    return number
  }
  const forgetFirst = (): void => {
    const first = memory.entries().next()
    if (first.done === true) return
    const [key, alike] = first.value
    memory.delete(key)
    entries -= alike.entries.length
    bytes -= alike.bytes
  }

  return (source) => {
    const number = numberOf(source)
    return {
      find: (item) => {
        const alike = memory.get(keyOf(item, number))
        if (alike === undefined) return undefined
        const size = Object.keys(item).length
        for (const entry of alike.entries) if (entry.size === size && isSame(entry.item, item)) return entry.read
        return undefined
      },
      keep: (item, read) => {
        const key = keyOf(item, number)
        const alike = memory.get(key) ?? { entries: [], bytes: 0 }
        if (alike.entries.length >= ALIKE_MAX) return
        const taken = ENTRY_BYTES + 2 * JSON.stringify(item).length
        alike.entries.push({ item, size: Object.keys(item).length, read })
        alike.bytes += taken
        memory.set(key, alike)
        entries++
        bytes += taken
        while (entries > entriesMax || bytes > bytesMax) forgetFirst()
      },
    }
  }
}

/** A place to look at: what differs may share it. */
const keyOf = ({ route, caller }: SignatureItem, source: number): string =>
  `${source} ${String(route)} ${String(caller)}`

type Facts = Readonly<Partial<Record<keyof SignatureFacts, unknown>>>

/**
 * Whether every fact is the same, one after the other by its name, which takes a tenth of the time of a list of names. That an
 * item names something else is told by its size, as what is kept names nothing but facts and counts.
 */
const isSame = (kept: Facts, asked: Facts): boolean =>
  kept.method === asked.method &&
  kept.route === asked.route &&
  kept.mode === asked.mode &&
  kept.outcome === asked.outcome &&
  kept.reason === asked.reason &&
  kept.tokenProblem === asked.tokenProblem &&
  kept.callerKind === asked.callerKind &&
  kept.caller === asked.caller &&
  kept.callerHint === asked.callerHint &&
  kept.issuer === asked.issuer &&
  kept.sender === asked.sender &&
  kept.evaluated === asked.evaluated &&
  isEqual(kept.scopes, asked.scopes) &&
  isEqual(kept.missingScopes, asked.missingScopes) &&
  isEqual(kept.context, asked.context)

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (!isEqual(a[at], b[at])) return false
  return true
}

/** Of values that were JSON. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && isSameList(a, b)
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual((a as SignatureItem)[name], (b as SignatureItem)[name])) // plain objects, as JSON makes them
  )
}
