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
