import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'

export const controlClass = (className?: string): string =>
  classNames(
    'w-full rounded-md border border-control/70 bg-raised px-2.5 text-sm text-text shadow-raised transition-colors hover:border-control',
    'aria-invalid:border-denied-fill disabled:bg-sunken disabled:text-faint',
    className,
  )

export const TextInput = ({ className, ...rest }: ComponentProps<'input'>) => (
  <input
    type="text"
    autoComplete="off"
    spellCheck={false}
    {...rest}
    className={controlClass(classNames('h-8', className))}
  />
)

export const Textarea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea rows={3} {...rest} className={controlClass(classNames('min-h-16 py-1.5', className))} />
)
