const NEW_PER_MINUTE_MAX = 5_000
const MINUTE_MS = 60_000

/**
 * Bounds how many signatures a service may bring that were never seen, so that one that varies without end cannot fill the store.
 * One that several instances bring at once is new once.
 */
export function createNoveltyLimit(): (serviceKey: string, hash: string) => boolean {
  const windows = new Map<string, { readonly minute: number; readonly hashes: Set<string> }>()
  return (serviceKey, hash) => {
    const minute = Math.floor(Date.now() / MINUTE_MS)
    const known = windows.get(serviceKey)
    const window = known?.minute === minute ? known : { minute, hashes: new Set<string>() }
    windows.set(serviceKey, window)
    if (window.hashes.size < NEW_PER_MINUTE_MAX) window.hashes.add(hash)
    return window.hashes.has(hash)
  }
}
