/** A load that takes no longer is done anew for every question, so that small fleets are always exact. */
const QUICK_MS = 60
/** A slower one answers for so long; then the old answer serves while a new one is loaded. */
const FRESH_MS = 10_000
const STALE_MS = 120_000

/** Something that is always read anew where that is quick, and may be some seconds old where it is not. */
export function createHeld<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let known: { readonly value: Value; readonly at: number; readonly tookMs: number } | null = null
  let loading: Promise<Value> | null = null

  const loadAnew = async (): Promise<Value> => {
    const at = performance.now()
    const value = await load()
    known = { value, at, tookMs: performance.now() - at }
    return value
  }
  const loadOnce = (): Promise<Value> =>
    (loading ??= loadAnew().finally(() => {
      loading = null
    }))

  return async () => {
    if (known === null || known.tookMs <= QUICK_MS) return loadAnew()
    const age = performance.now() - known.at
    if (age > STALE_MS) return loadOnce()
    // Who asks next tries again, and hears of the failure once the answer is too old.
    if (age > FRESH_MS) loadOnce().catch(() => undefined)
    return known.value
  }
}
