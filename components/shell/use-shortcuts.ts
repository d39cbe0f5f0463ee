'use client'
import { useEffect, useRef } from 'react'
import { useGo } from '@/components/ui/unsaved.ts'
import { readPageCommands } from './commands.ts'
import { useEnvironmentPath } from './environment-context.tsx'
import { NAVIGATION } from './navigation.ts'

const JUMP_WITHIN_MS = 1_200
const TEXT_INPUTS = 'input:not([type="checkbox"]):not([type="radio"]),textarea,select,[contenteditable="true"]'

interface Shortcuts {
  readonly onPalette: () => void
  readonly onHelp: () => void
}

/** Keys that work on every page, outside of text fields and open dialogs. */
export function useShortcuts({ onPalette, onHelp }: Shortcuts): void {
  const go = useGo()
  const toPath = useEnvironmentPath()
  const jumpUntil = useRef(0)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) {
        event.preventDefault()
        onPalette()
        return
      }
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isBusy(event.target)) return
      const isJump = performance.now() < jumpUntil.current
      jumpUntil.current = event.key === 'g' ? performance.now() + JUMP_WITHIN_MS : 0
      const action = isJump
        ? toJump(event.key, (path) => {
            go(toPath(path))
          })
        : toAction(event.key, { onPalette, onHelp })
      if (action === null) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
    }
  }, [onPalette, onHelp, go, toPath])
}

const isBusy = (target: EventTarget | null): boolean =>
  (target instanceof Element && target.closest(TEXT_INPUTS) !== null) ||
  document.querySelector('[role="dialog"][data-state="open"]') !== null

function toJump(key: string, go: (path: string) => void): (() => void) | null {
  const item = NAVIGATION.find((each) => each.key === key)
  return item === undefined
    ? null
    : () => {
        go(item.path)
      }
}

function toAction(key: string, { onPalette, onHelp }: Shortcuts): (() => void) | null {
  if (key === '/') return onPalette
  if (key === '?') return onHelp
  const command = readPageCommands().find(
    ({ shortcut, disabledReason }) => shortcut === key && disabledReason === undefined,
  )
  return command?.run ?? null
}
