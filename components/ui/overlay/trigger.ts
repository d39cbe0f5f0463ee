import { cloneElement, type KeyboardEvent, type ReactElement, type SyntheticEvent } from 'react'

/** Handlers that an overlay adds to the element that opens it. */
export interface TriggerHandlers {
  readonly onClick?: (event: SyntheticEvent) => void
  readonly onKeyDown?: (event: KeyboardEvent) => void
  readonly onPointerEnter?: (event: SyntheticEvent) => void
  readonly onPointerLeave?: (event: SyntheticEvent) => void
  readonly onPointerDown?: (event: SyntheticEvent) => void
  readonly onFocus?: (event: SyntheticEvent) => void
  readonly onBlur?: (event: SyntheticEvent) => void
}

type Handler = (event: never) => void

export type TriggerElement = ReactElement<Record<string, unknown>>

/** The element with handlers and attributes added; its own handlers run first. */
export function withHandlers(
  element: TriggerElement,
  handlers: TriggerHandlers,
  attributes: Readonly<Record<string, unknown>> = {},
): TriggerElement {
  const merged: Record<string, unknown> = { ...attributes }
  for (const [name, added] of Object.entries(handlers) as [string, Handler][]) {
    const own = element.props[name] as Handler | undefined // a prop of a handler's name holds a handler
    merged[name] = (event: never) => {
      own?.(event)
      added(event)
    }
  }
  return cloneElement(element, merged)
}
