import { whenIdle } from '../when-idle.ts'

/**
 * What floats over a page (dialogs, menus, popovers, tooltips) costs 40 kB that no page needs before something opens. It is
 * loaded when the browser is idle, or at the latest when somebody is about to open one.
 */
export const loadDialogs = () => import('./radix-dialog.tsx')
export const loadMenu = () => import('./radix-menu.tsx')
export const loadPopover = () => import('./radix-popover.tsx')
export const loadOptions = () => import('./command-options.tsx')
export const loadTooltip = () => import('./tooltip-bubble.tsx')

/** Loads all of them once the page has nothing better to do. Answers how to give up. */
export const loadOverlaysWhenIdle = (): (() => void) =>
  whenIdle(() => void Promise.all([loadMenu(), loadDialogs(), loadPopover(), loadOptions(), loadTooltip()]))
