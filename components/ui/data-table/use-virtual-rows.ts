'use client'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'

export interface RowWindow {
  readonly items: readonly { readonly index: number }[]
  readonly above: number
  readonly below: number
}

const FIRST_ROWS_PX = 1_200

/** What fills most windows from the top, for as long as nothing is known of the window. */
export function firstRows(count: number, rowHeight: number): RowWindow {
  const length = Math.min(count, Math.ceil(FIRST_ROWS_PX / rowHeight))
  return {
    items: Array.from({ length }, (_, index) => ({ index })),
    above: 0,
    below: (count - length) * rowHeight,
  }
}

/** The rows near the window, and the space above and below that stands for the others. */
export function useVirtualRows(count: number, rowHeight: number) {
  const ref = useRef<HTMLTableSectionElement>(null)
  const [scrollMargin, setScrollMargin] = useState(0)
  useEffect(() => {
    const measure = () => {
      if (ref.current) setScrollMargin(Math.round(ref.current.getBoundingClientRect().top + window.scrollY))
    }
    measure()
    // What stands above the table may grow.
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => {
      observer.disconnect()
    }
    // Rows of another height stand in another body.
  }, [rowHeight])
  const virtualizer = useWindowVirtualizer({ count, estimateSize: () => rowHeight, overscan: 12, scrollMargin })
  useEffect(() => {
    virtualizer.measure()
  }, [rowHeight, virtualizer])
  const items = virtualizer.getVirtualItems()
  const above = (items[0]?.start ?? scrollMargin) - scrollMargin
  const below = Math.max(0, virtualizer.getTotalSize() - ((items.at(-1)?.end ?? scrollMargin) - scrollMargin))
  return {
    ref,
    items,
    above,
    below,
    scrollToIndex: (index: number) => {
      virtualizer.scrollToIndex(index, { align: 'auto' })
    },
  }
}
