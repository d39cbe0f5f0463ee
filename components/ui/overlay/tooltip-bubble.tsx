'use client'
import { Popper } from 'radix-ui/internal'
import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'

interface TooltipBubbleProps {
  readonly id: string
  readonly anchor: Element
  readonly side: 'top' | 'right' | 'bottom' | 'left'
  readonly onPointerEnter: () => void
  readonly onPointerLeave: () => void
  readonly children: ReactNode
}

export const TooltipBubble = ({ id, anchor, side, onPointerEnter, onPointerLeave, children }: TooltipBubbleProps) =>
  createPortal(
    <Popper.Root>
      <Popper.Anchor virtualRef={{ current: anchor }} />
      <Popper.Content
        id={id}
        role="tooltip"
        side={side}
        sideOffset={6}
        collisionPadding={8}
        onPointerEnter={onPointerEnter}
        onPointerLeave={onPointerLeave}
        className="z-50 max-w-72 animate-appear rounded-md bg-text px-2 py-1 text-xs text-inverse shadow-float"
      >
        {children}
      </Popper.Content>
    </Popper.Root>,
    document.body,
  )
