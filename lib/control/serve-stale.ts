interface Known<Value> {
  readonly value: Value
  readonly at: number
  /** What the caller says the value rests on. */
  readonly basis: string
}

interface Entry<Value> {
  known: Known<Value> | null
  loading: Promise<Value> | null
  /** No load starts before: an expensive one does not keep the database busy all the time. */
  restUntil: number
  /** How long the last load took. */
  tookMs: number
}

export interface StaleLimits {
  /** Younger is answered as it is. */
  readonly freshMs: number
  /** Older is waited for; in between the old value is answered while a new one is loaded that takes its time. */
  readonly staleMs: number
}

const REST_FACTOR = 3
/** Quicker loads need no rest. */
const REST_FROM_MS = 100
/** Quicker ones are waited for, so long at most: a page that is opened would show the old value until it asks again. */
const WAITED_FOR_MS = 500

/** Values that may be a little old, each loaded once at a time. */
export function createStaleCache<Value>({ freshMs, staleMs }: StaleLimits) {
  const entries = new Map<string, Entry<Value>>()

  const load = (entry: Entry<Value>, basis: string, read: () => Promise<Value>): Promise<Value> => {
    const startedAt = Date.now()
    const loading = read().then((value) => {
      entry.known = { value, at: startedAt, basis }
      entry.tookMs = Date.now() - startedAt
      entry.restUntil = entry.tookMs < REST_FROM_MS ? 0 : Date.now() + REST_FACTOR * entry.tookMs
      return value
    })
    entry.loading = loading.finally(() => {
      entry.loading = null
    })
    // Who waits for it hears of the failure; in the background the old value stays, and the next request tries again.
    entry.loading.catch(() => undefined)
    return entry.loading
  }

  return async (key: string, basis: string, read: () => Promise<Value>): Promise<Value> => {
    const entry = entries.get(key) ?? { known: null, loading: null, restUntil: 0, tookMs: 0 }
    entries.set(key, entry)
    const { known } = entry
    const age = known === null ? Infinity : Date.now() - known.at
    if (known === null || age > staleMs) return entry.loading ?? load(entry, basis, read)
    const isFresh = age < freshMs && known.basis === basis
    if (isFresh) return known.value
    if (entry.loading === null && Date.now() >= entry.restUntil) void load(entry, basis, read).catch(() => undefined)
    if (entry.loading === null || entry.tookMs > WAITED_FOR_MS) return known.value
    return withPatience(entry.loading, known.value)
  }
}

/** The old value where the new one fails, or takes longer than the last did. */
function withPatience<Value>(loading: Promise<Value>, old: Value): Promise<Value> {
  return new Promise((resolve) => {
    const giveUp = () => {
      resolve(old)
    }
    const timer = setTimeout(giveUp, WAITED_FOR_MS)
    loading.then(resolve, giveUp).finally(() => {
      clearTimeout(timer)
    })
  })
}

/** One cache for each owner, such as a connection pool. */
export function perOwner<Owner extends object, Cache>(create: () => Cache): (owner: Owner) => Cache {
  const caches = new WeakMap<Owner, Cache>()
  return (owner) => {
    const cache = caches.get(owner) ?? create()
    caches.set(owner, cache)
    return cache
  }
}
