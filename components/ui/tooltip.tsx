'use client'
import { lazy, Suspense, useEffect, useId, useRef, useState, type ReactNode, type SyntheticEvent } from 'react'
import { loadTooltip } from './overlay/load-overlays.ts'
import { withHandlers, type TriggerElement } from './overlay/trigger.ts'

interface TooltipProps {
  readonly content: ReactNode
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** One element that can be focused and hands its handlers on. */
  readonly children: TriggerElement
}

const OPEN_AFTER_MS = 350
/** Long enough to move the pointer onto the bubble. */
const CLOSE_AFTER_MS = 120

const TooltipBubble = lazy(() => loadTooltip().then((module) => ({ default: module.TooltipBubble })))

/** Says more about an element that has the pointer or the keyboard's focus; Escape, a press or leaving closes it. */
export function Tooltip({ content, side = 'top', children }: TooltipProps) {
  const id = useId()
  const [anchor, setAnchor] = useState<Element | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const soon = (next: Element | null, afterMs: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setAnchor(next)
    }, afterMs)
  }
  const close = () => {
    soon(null, 0)
  }
  useEffect(
    () => () => {
      clearTimeout(timer.current)
    },
    [],
  )
  useEscape(anchor !== null, close)
  const onEnter = ({ currentTarget, nativeEvent }: SyntheticEvent) => {
    if (nativeEvent instanceof PointerEvent && nativeEvent.pointerType === 'touch') return
    soon(currentTarget, OPEN_AFTER_MS)
  }
  const trigger = withHandlers(
    children,
    {
      onPointerEnter: onEnter,
      onPointerLeave: () => {
        soon(null, CLOSE_AFTER_MS)
      },
      onPointerDown: close,
      onFocus: ({ currentTarget }) => {
        if (currentTarget.matches(':focus-visible')) soon(currentTarget, 0)
      },
      onBlur: close,
    },
    anchor === null ? {} : { 'aria-describedby': id },
  )
  return (
    <>
      {trigger}
      {anchor !== null && (
        <Suspense fallback={null}>
          <TooltipBubble
            id={id}
            anchor={anchor}
            side={side}
            onPointerEnter={() => {
              clearTimeout(timer.current)
            }}
            onPointerLeave={() => {
              soon(null, CLOSE_AFTER_MS)
            }}
          >
            {content}
          </TooltipBubble>
        </Suspense>
      )}
    </>
  )
}

function useEscape(isOpen: boolean, onEscape: () => void): void {
  const latest = useRef(onEscape)
  useEffect(() => {
    latest.current = onEscape
  })
  useEffect(() => {
    if (!isOpen) return undefined
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') latest.current()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
    }
  }, [isOpen])
}
