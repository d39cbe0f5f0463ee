import { useEffect, useRef, type ComponentProps, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'children'> {
  readonly indeterminate?: boolean | undefined
  readonly children?: ReactNode
}

const BOX =
  'size-4 shrink-0 appearance-none rounded-sm border border-control bg-raised bg-center bg-no-repeat transition-colors checked:border-text checked:bg-text indeterminate:border-text indeterminate:bg-text ' +
  'relative after:absolute after:inset-0 after:m-auto after:hidden checked:after:block indeterminate:after:block ' +
  "after:h-2 after:w-1 after:-translate-y-px after:rotate-45 after:border-r-2 after:border-b-2 after:border-inverse after:content-[''] " +
  'indeterminate:after:h-0.5 indeterminate:after:w-2 indeterminate:after:translate-y-0 indeterminate:after:rotate-0 indeterminate:after:border-r-0'

/** A native checkbox; the label, when given, makes the target whole. */
export function Checkbox({ indeterminate = false, children, className, ...rest }: CheckboxProps) {
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = indeterminate
  }, [indeterminate])
  const box = <input {...rest} ref={rest.ref ?? ref} type="checkbox" className={BOX} />
  if (children === undefined)
    return <span className={classNames('inline-flex size-6 items-center justify-center', className)}>{box}</span>
  return (
    <label className={classNames('inline-flex min-h-6 items-start gap-2 py-0.5', className)}>
      <span className="flex h-5 items-center">{box}</span>
      <span>{children}</span>
    </label>
  )
}
