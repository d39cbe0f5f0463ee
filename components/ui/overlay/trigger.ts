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

export type TriggerElement = ReactElement<Record<string, unknown>>

/** The element with handlers and attributes added; its own handlers run first. */
export function withHandlers(element: TriggerElement, handlers: TriggerHandlers, attributes: Readonly<Record<string, unknown>> = {}): TriggerElement {
  const merged = Object.entries(handlers).map(([name, added]: [string, (event: never) => void]) => {
    const own = element.props[name]
    return [name, typeof own === 'function' ? (event: never) => { (own as (event: never) => void)(event); added(event) } : added] // only functions are handlers
  })
  return cloneElement(element, { ...attributes, ...Object.fromEntries(merged) })
}
