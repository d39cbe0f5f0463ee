'use client'
import { Popover as Radix } from 'radix-ui'
import { classNames } from '../class-names.ts'
import type { PopoverProps } from '../popover.tsx'

interface RadixPopoverProps extends PopoverProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

export const RadixPopover = ({
  trigger,
  label,
  align = 'start',
  open,
  onOpenChange,
  className,
  children,
}: RadixPopoverProps) => (
  <Radix.Root open={open} onOpenChange={onOpenChange}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        aria-label={label}
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={classNames(
          'z-50 animate-appear rounded-lg bg-raised shadow-float outline-none',
          className ?? 'w-64 p-3',
        )}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
