'use client'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useSyncExternalStore } from 'react'

/** What leaving the page would lose, and the step that waits for an answer. */
interface Leaving {
  readonly losses: readonly string[]
  readonly go: (() => void) | null
}

const NOWHERE: Leaving = { losses: [], go: null }
const sources = new Map<symbol, string>()
const listeners = new Set<() => void>()
let leaving = NOWHERE

function set(go: Leaving['go']): void {
  leaving = { losses: [...new Set(sources.values())], go }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const useLeaving = (): Leaving =>
  useSyncExternalStore(
    subscribe,
    () => leaving,
    () => NOWHERE,
  )

/** While it is given, leaving the page asks first. It follows "You would lose": "the issuer that is being added". */
export function useUnsaved(loss: string | false): void {
  useEffect(() => {
    if (loss === false) return
    const source = Symbol(loss)
    sources.set(source, loss)
    set(leaving.go)
    return () => {
      sources.delete(source)
      set(leaving.go)
    }
  }, [loss])
}

/** Does what leaves the page; where something would be lost, once the person has said so. Answers whether it waits. */
export function leaveBy(go: () => void): boolean {
  if (sources.size === 0) {
    go()
    return false
  }
  set(go)
  return true
}

export function stay(): void {
  set(null)
}

/** What would be lost is given up, so that nothing asks again on the way. */
export function leave(): void {
  const { go } = leaving
  sources.clear()
  set(null)
  go?.()
}

/** Whether an address is another page than this one, or this one with other parameters: what a form holds ends with either. */
export function isElsewhere(href: string): boolean {
  const to = new URL(href, window.location.href)
  const { origin, pathname, search } = window.location
  return to.origin !== origin || to.pathname !== pathname || to.search !== search
}

/** Whether following a link to this address waits for an answer. */
export const isHeldBack = (href: string, go: () => void): boolean =>
  sources.size > 0 && isElsewhere(href) && leaveBy(go)

/** Goes to a page of the console as a link does. What follows a write goes by the router itself: nothing is left to lose. */
export function useGo(): (href: string) => void {
  const router = useRouter()
  return useCallback(
    (href) => {
      leaveBy(() => {
        router.push(href)
      })
    },
    [router],
  )
}
