'use client'
import { DropdownMenu as Radix } from 'radix-ui'
import { classNames } from '../class-names.ts'
import { MenuParts, type MenuProps } from '../menu.tsx'

const PARTS = { Item: Radix.Item, Label: Radix.Label, Separator: Radix.Separator }

export const RadixMenu = ({ trigger, align = 'end', className, children }: MenuProps) => (
  <Radix.Root modal={false} defaultOpen>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className={classNames('z-50 min-w-48 animate-appear rounded-lg bg-raised p-1 shadow-float', className)}
      >
        <MenuParts value={PARTS}>{children}</MenuParts>
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)
