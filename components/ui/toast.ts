'use client'
import type { ExternalToast } from 'sonner'

type Kind = 'success' | 'error' | 'info' | 'warning' | 'message'

const show =
  (kind: Kind) =>
  (title: string, options?: ExternalToast): void => {
    void import('sonner').then(({ toast: sonner }) => sonner[kind](title, options))
  }

/** A message that passes. It is loaded when the first one is shown. */
export const toast = {
  success: show('success'),
  error: show('error'),
  info: show('info'),
  warning: show('warning'),
  message: show('message'),
}

/** How long an undo is offered after a write that can be taken back. */
export const UNDO_OFFERED_MS = 20_000

/** Says what was refused. */
export const complain = ({ title, message }: { readonly title: string; readonly message: string }) =>
  toast.error(title, { description: message })
