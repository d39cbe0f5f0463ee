'use client'
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'

const PAGE = 12

interface RowKeys {
  readonly count: number
  readonly body: RefObject<HTMLTableSectionElement | null>
  readonly scrollToIndex: (index: number) => void
  readonly onOpen: (index: number) => void
  readonly onToggle: ((index: number, isRange: boolean) => void) | undefined
}

function toTarget(key: string, active: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(count - 1, active + 1)
    case 'ArrowUp':
    case 'k':
      return Math.max(0, active - 1)
    case 'PageDown':
      return Math.min(count - 1, active + PAGE)
    case 'PageUp':
      return Math.max(0, active - PAGE)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

/** One row of the table is in the tab order; arrows, j and k move it, Enter opens, Space and x select. */
export function useRowKeys({ count, body, scrollToIndex, onOpen, onToggle }: RowKeys) {
  const [active, setActive] = useState(0)
  const wanted = useRef<number | null>(null)
  useEffect(() => {
    if (wanted.current === null) return
    const row = body.current?.querySelector<HTMLTableRowElement>(`tr[data-index="${String(wanted.current)}"]`)
    if (!row) return
    wanted.current = null
    row.focus({ preventScroll: true })
  })
  const moveTo = (index: number) => {
    wanted.current = index
    setActive(index)
    scrollToIndex(index)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    if (!isRow(event.target) || event.metaKey || event.ctrlKey || event.altKey || count === 0) return
    const target = toTarget(event.key, active, count)
    if (target !== null) {
      event.preventDefault()
      moveTo(target)
      if (event.shiftKey && event.key.startsWith('Arrow')) onToggle?.(target, true)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      onOpen(active)
    } else if ((event.key === ' ' || event.key.toLowerCase() === 'x') && onToggle) {
      event.preventDefault()
      onToggle(active, event.shiftKey)
    }
  }
  return { active: Math.min(active, Math.max(0, count - 1)), setActive, onKeyDown }
}

/** Keys pressed in a link or button within the row stay theirs. */
const isRow = (target: EventTarget): boolean => target instanceof HTMLTableRowElement
