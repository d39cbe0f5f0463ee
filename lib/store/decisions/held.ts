/** So few rows are read anew for every question: small fleets are always exact. */
const ROWS_READ_ANEW_MAX = 2_000
/** More answer for so long; then the old answer serves while a new one is loaded. */
const FRESH_MS = 10_000
/** And no longer than so many times as long. */
const STALE_TIMES = 12

/** Something that is read anew for every question where it is small, and may be some seconds old where it is not. */
export function createHeld<Value>(
  load: () => Promise<Value>,
  countRows: (value: Value) => number,
  freshMs = FRESH_MS,
): () => Promise<Value> {
  let known: { readonly value: Value; readonly at: number } | null = null
  let loading: Promise<Value> | null = null

  const loadAnew = async (): Promise<Value> => {
    const at = performance.now()
    const value = await load()
    known = { value, at }
    return value
  }
  const loadOnce = (): Promise<Value> =>
    (loading ??= loadAnew().finally(() => {
      loading = null
    }))

  return async () => {
    if (known === null || countRows(known.value) <= ROWS_READ_ANEW_MAX) return loadAnew()
    const age = performance.now() - known.at
    if (age > freshMs * STALE_TIMES) return loadOnce()
    // Who asks next tries again, and hears of the failure once the answer is too old.
    if (age > freshMs) loadOnce().catch(() => undefined)
    return known.value
  }
}
