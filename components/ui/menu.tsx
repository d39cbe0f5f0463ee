'use client'
import type { LucideIcon } from 'lucide-react'
import { Check } from 'lucide-react'
import { Link } from './link.tsx'
import type { DropdownMenu as Radix } from 'radix-ui'
import { createContext, lazy, Suspense, use, useState, type ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { loadMenu } from './overlay/load-overlays.ts'
import { withHandlers, type TriggerElement } from './overlay/trigger.ts'

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: TriggerElement
  readonly align?: 'start' | 'end'
  readonly className?: string
  readonly children: ReactNode
}

interface Parts {
  readonly Item: typeof Radix.Item
  readonly Label: typeof Radix.Label
  readonly Separator: typeof Radix.Separator
}

/** The parts of radix, handed down by the menu once it is loaded: its items exist only while it is open. */
export const MenuParts = createContext<Parts | null>(null)

function useMenuParts(): Parts {
  const parts = use(MenuParts)
  if (parts === null) throw new Error('A menu item outside of a menu')
  return parts
}

const RadixMenu = lazy(() => loadMenu().then((module) => ({ default: module.RadixMenu })))

/** A list of actions behind a button. The button is plain until it is used for the first time. */
export function Menu(props: MenuProps) {
  const [isUsed, setUsed] = useState(false)
  const open = () => {
    setUsed(true)
  }
  const preload = () => void loadMenu()
  const plain = withHandlers(
    props.trigger,
    {
      onClick: open,
      onKeyDown: ({ key }) => {
        if (key === 'ArrowDown') open()
      },
      onPointerEnter: preload,
      onFocus: preload,
    },
    { 'aria-haspopup': 'menu', 'aria-expanded': isUsed },
  )
  if (!isUsed) return plain
  return (
    <Suspense fallback={plain}>
      <RadixMenu {...props} />
    </Suspense>
  )
}

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

export function MenuItem({
  icon: Icon,
  href,
  danger = false,
  checked,
  shortcut,
  disabledReason,
  onSelect,
  children,
}: MenuItemProps) {
  const { Item } = useMenuParts()
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
    <Item
      asChild={href !== undefined}
      disabled={disabledReason !== undefined}
      aria-current={checked === true ? 'true' : undefined}
      className={classNames(ITEM, danger && 'text-denied')}
      {...(onSelect === undefined ? {} : { onSelect })}
    >
      {href === undefined ? content : <Link href={href}>{content}</Link>}
    </Item>
  )
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  const { Label } = useMenuParts()
  return <Label className="px-2 pt-2 pb-1 text-xs text-faint">{children}</Label>
}

export function MenuSeparator() {
  const { Separator } = useMenuParts()
  return <Separator className="-mx-1 my-1 h-px bg-line" />
}
