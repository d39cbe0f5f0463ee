'use client'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'

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
  }, [])
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
