'use client'
import { Toaster as Sonner } from 'sonner'

export const Toaster = () => (
  <Sonner
    position="bottom-right"
    closeButton
    className="font-sans!"
    visibleToasts={4}
    gap={8}
    toastOptions={{
      unstyled: true,
      classNames: {
        toast:
          'group flex w-[22rem] max-w-[calc(100vw-2rem)] items-start gap-3 rounded-lg bg-raised p-3 text-sm text-text shadow-float',
        title: 'font-medium',
        description: 'text-muted',
        content: 'min-w-0 flex-1',
        icon: 'mt-0.5 shrink-0',
        actionButton: 'h-7 shrink-0 rounded-md border border-line-strong px-2 text-xs font-medium hover:bg-hover',
        cancelButton: 'h-7 shrink-0 rounded-md px-2 text-xs text-muted hover:bg-hover',
        closeButton:
          'order-last size-6 shrink-0 inline-flex items-center justify-center rounded-md text-faint hover:bg-hover hover:text-text',
        success: '[&_[data-icon]]:text-enforce',
        error: '[&_[data-icon]]:text-denied',
      },
    }}
  />
)
