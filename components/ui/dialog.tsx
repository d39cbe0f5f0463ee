'use client'
import { lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react'
import { loadDialogs } from './overlay/load-overlays.ts'

export interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly description?: ReactNode
  /** Buttons, the main one last. */
  readonly footer?: ReactNode
  readonly size?: 'sm' | 'md' | 'lg'
  readonly children?: ReactNode
}

export interface SheetProps extends DialogProps {
  readonly side?: 'left' | 'right'
  /** Leaves the padding to the content. */
  readonly flush?: boolean
}

const RadixDialog = lazy(() => loadDialogs().then((module) => ({ default: module.RadixDialog })))
const RadixSheet = lazy(() => loadDialogs().then((module) => ({ default: module.RadixSheet })))

/** In the middle of the page; at the bottom of a phone. */
export const Dialog = onceOpened<DialogProps>(RadixDialog)

/** At the side of the page, for looking at one thing without losing the list. */
export const Sheet = onceOpened<SheetProps>(RadixSheet)

/** Costs nothing before it is opened for the first time. */
function onceOpened<Props extends DialogProps>(Overlay: ComponentType<Props>): ComponentType<Props> {
  return function OnceOpened(props: Props) {
    const [wasOpen, setWasOpen] = useState(props.open)
    if (props.open && !wasOpen) setWasOpen(true)
    return wasOpen ? (
      <Suspense fallback={null}>
        <Overlay {...props} />
      </Suspense>
    ) : null
  }
}
