'use client'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useRef, type ReactNode } from 'react'
import { IconButton } from '../button.tsx'
import { classNames } from '../class-names.ts'
import type { DialogProps, SheetProps } from '../dialog.tsx'

const WIDTHS = { sm: 'sm:max-w-sm', md: 'sm:max-w-lg', lg: 'sm:max-w-2xl' } as const
const SHEET_WIDTHS = { sm: 'sm:max-w-72', md: 'sm:max-w-lg', lg: 'sm:max-w-3xl' } as const

/** In the middle of the page; at the bottom of a phone. */
export const RadixDialog = ({ size = 'md', children, ...frame }: DialogProps) => (
  <Frame
    {...frame}
    className={classNames(
      'max-h-[92dvh] w-full animate-appear rounded-t-xl sm:rounded-xl',
      'inset-x-0 bottom-0 sm:inset-0 sm:m-auto sm:h-fit sm:max-h-[86dvh]',
      WIDTHS[size],
    )}
  >
    <div data-dialog-body className="scroll-thin min-h-0 flex-1 overflow-y-auto px-4 py-4">
      {children}
    </div>
  </Frame>
)

/** At the side of the page, for looking at one thing without losing the list. */
export const RadixSheet = ({ side = 'right', size = 'md', flush = false, children, ...frame }: SheetProps) => (
  <Frame
    {...frame}
    className={classNames(
      'inset-y-0 w-full',
      side === 'right' ? 'right-0 animate-slide-in-right' : 'left-0 max-w-[85vw] animate-slide-in-left',
      SHEET_WIDTHS[size],
    )}
  >
    <div data-dialog-body className={classNames('scroll-thin min-h-0 flex-1 overflow-y-auto', !flush && 'px-4 py-4')}>
      {children}
    </div>
  </Frame>
)

interface FrameProps extends Omit<DialogProps, 'size'> {
  readonly className: string
  readonly children: ReactNode
}

/** Opened by state rather than by a trigger of radix, so it remembers by itself where the focus was. */
function Frame({ open, onOpenChange, title, description, footer, className, children }: FrameProps) {
  const opener = useRef<Element | null>(null)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-overlay" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement
            focusFirstField(event)
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            giveFocusBack(opener.current)
          }}
          className={classNames('fixed z-40 flex flex-col bg-raised shadow-float outline-none', className)}
        >
          <Heading title={title} description={description} />
          {children}
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const Heading = ({ title, description }: Pick<DialogProps, 'title' | 'description'>) => (
  <header className="flex items-start gap-3 border-b border-line px-4 py-3">
    <div className="min-w-0 flex-1">
      <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
      {description !== undefined && <Radix.Description className="text-muted">{description}</Radix.Description>}
    </div>
    <Radix.Close asChild>
      <IconButton icon={X} label="Close" size="sm" />
    </Radix.Close>
  </header>
)

/** What opened it may be gone, as an item of a menu is: then to the content of the page. */
function giveFocusBack(opener: Element | null): void {
  const target = opener?.isConnected === true && opener !== document.body ? opener : document.getElementById('content')
  if (target instanceof HTMLElement) target.focus()
}

/** Onto the first field, or the choice that is made; without either onto the dialog itself, never onto the button that closes it. */
function focusFirstField(event: Event): void {
  event.preventDefault()
  const content = event.currentTarget as HTMLElement // radix fires it on its content
  const field = content.querySelector<HTMLElement>(
    '[data-dialog-body] :is(input:checked, input:not([type="radio"], [type="hidden"]), textarea, select):not(:disabled)',
  )
  ;(field ?? content).focus()
}
