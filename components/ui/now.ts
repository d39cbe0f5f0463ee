'use client'
import { useSyncExternalStore } from 'react'

const TICK_MS = 10_000
const listeners = new Set<() => void>()
let now = 0
let timer: ReturnType<typeof setInterval> | undefined

const tick = () => {
  now = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    // React reads the store again after subscribing; nobody else listens yet.
    now = Date.now()
    timer = setInterval(tick, TICK_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const read = (): number => {
  if (now === 0) now = Date.now()
  return now
}

/** The time, renewed every ten seconds for the whole page at once; null while rendering on the server. */
export const useNow = (): number | null => useSyncExternalStore<number | null>(subscribe, read, () => null)
