const NEW_PER_MINUTE_MAX = 5_000
const MINUTE_MS = 60_000

/** Bounds how many signatures a service may bring that were never seen, so that one that varies without end cannot fill the store. */
export function createNoveltyLimit(): (serviceKey: string) => boolean {
  const windows = new Map<string, { readonly minute: number; count: number }>()
  return (serviceKey) => {
    const minute = Math.floor(Date.now() / MINUTE_MS)
    const known = windows.get(serviceKey)
    const window = known?.minute === minute ? known : { minute, count: 0 }
    windows.set(serviceKey, window)
    return ++window.count <= NEW_PER_MINUTE_MAX
  }
}
