'use client'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { loadPopover } from './overlay/load-overlays.ts'
import { withHandlers, type TriggerElement } from './overlay/trigger.ts'

export interface PopoverProps {
  /** The button that opens it. */
  readonly trigger: TriggerElement
  readonly label: string
  readonly align?: 'start' | 'center' | 'end'
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly className?: string
  readonly children: ReactNode
}

const RadixPopover = lazy(() => loadPopover().then((module) => ({ default: module.RadixPopover })))

/** A small form or text behind a button. The button is plain until it is used for the first time. */
export function Popover({ open, onOpenChange, ...props }: PopoverProps) {
  const [isUsed, setUsed] = useState(false)
  const [isOpenInside, setOpenInside] = useState(false)
  const isOpen = open ?? isOpenInside
  const change = (next: boolean) => {
    setOpenInside(next)
    onOpenChange?.(next)
  }
  const preload = () => void loadPopover()
  const begin = () => {
    setUsed(true)
    change(true)
  }
  const plain = withHandlers(
    props.trigger,
    { onClick: begin, onPointerEnter: preload, onFocus: preload },
    { 'aria-haspopup': 'dialog', 'aria-expanded': isOpen },
  )
  if (!isUsed && !isOpen) return plain
  return (
    <Suspense fallback={plain}>
      <RadixPopover {...props} open={isOpen} onOpenChange={change} />
    </Suspense>
  )
}
