'use client'
import type { LucideIcon } from 'lucide-react'
import { Check } from 'lucide-react'
import Link from 'next/link'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

interface MenuProps {
  readonly trigger: ReactNode
  readonly align?: 'start' | 'end'
  readonly className?: string
  readonly children: ReactNode
}

export const Menu = ({ trigger, align = 'end', className, children }: MenuProps) => (
  <Radix.Root modal={false}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={classNames('z-50 min-w-48 animate-appear rounded-lg bg-raised p-1 shadow-float', className)}
      >
        {children}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)

const ITEM =
  'flex min-h-8 w-full items-center gap-2 rounded-md px-2 py-1 outline-none select-none data-disabled:text-faint data-highlighted:bg-hover cursor-pointer data-disabled:cursor-not-allowed'

interface MenuItemProps {
  readonly icon?: LucideIcon | undefined
  readonly href?: string | undefined
  readonly danger?: boolean
  readonly checked?: boolean | undefined
  readonly shortcut?: string | undefined
  /** Why it cannot be used now; said below its label. */
  readonly disabledReason?: string | undefined
  readonly onSelect?: (() => void) | undefined
  readonly children: ReactNode
}

export function MenuItem({ icon: Icon, href, danger = false, checked, shortcut, disabledReason, onSelect, children }: MenuItemProps) {
  const content = (
    <>
      {Icon && <Icon aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />}
      <span className="min-w-0 flex-1">
        {children}
        {disabledReason !== undefined && <span className="block text-xs text-faint">{disabledReason}</span>}
      </span>
      {shortcut !== undefined && <kbd className="text-xs text-faint">{shortcut}</kbd>}
      {checked === true && <Check aria-hidden className="size-4" />}
    </>
  )
  return (
    <Radix.Item
      asChild={href !== undefined}
      disabled={disabledReason !== undefined}
      aria-current={checked === true ? 'true' : undefined}
      className={classNames(ITEM, danger && 'text-denied')}
      {...(onSelect === undefined ? {} : { onSelect })}
    >
      {href === undefined ? content : <Link href={href}>{content}</Link>}
    </Radix.Item>
  )
}

export const MenuLabel = ({ children }: { readonly children: ReactNode }) => <Radix.Label className="px-2 pt-2 pb-1 text-xs text-faint">{children}</Radix.Label>
export const MenuSeparator = () => <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
