'use client'
import { Popover as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

interface PopoverProps {
  /** One element that takes a ref: the button that opens it. */
  readonly trigger: ReactNode
  readonly label: string
  readonly align?: 'start' | 'center' | 'end'
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly className?: string
  readonly children: ReactNode
}

export const Popover = ({ trigger, label, align = 'start', open, onOpenChange, className, children }: PopoverProps) => (
  <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        aria-label={label}
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={classNames('z-50 animate-appear rounded-lg bg-raised shadow-float outline-none', className ?? 'w-64 p-3')}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
