'use client'
import type { LucideIcon } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'

/** Something a page can do, offered in the command palette while the page is shown. */
export interface PageCommand {
  readonly id: string
  readonly title: string
  readonly icon?: LucideIcon
  /** One key, pressed outside of text fields. */
  readonly shortcut?: string
  /** Why it cannot be done now. */
  readonly disabledReason?: string
  readonly run: () => void
}

type Commands = readonly PageCommand[]
const NONE: Commands = []
const sources = new Map<symbol, Commands>()
const listeners = new Set<() => void>()
let all: Commands = NONE

function set(source: symbol, commands: Commands | null): void {
  if (commands === null) sources.delete(source)
  else sources.set(source, commands)
  all = [...sources.values()].flat()
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const readPageCommands = (): Commands => all
export const usePageCommands = (): Commands => useSyncExternalStore(subscribe, readPageCommands, () => NONE)

/** Offers commands while the component lives. Memoise the list: a new one is registered each time it changes. */
export function useCommands(commands: Commands): void {
  useEffect(() => {
    const source = Symbol('commands')
    set(source, commands)
    return () => {
      set(source, null)
    }
  }, [commands])
}
