import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'
import { controlClass } from './input.tsx'

export interface SelectOption {
  readonly value: string
  readonly label: string
}

interface SelectProps extends ComponentProps<'select'> {
  readonly options: readonly SelectOption[]
  /** Shown while nothing is chosen. */
  readonly placeholder?: string | undefined
}

/** The browser's own select: right on phones, with a keyboard and for screen readers. */
export const Select = ({ options, placeholder, className, ...rest }: SelectProps) => (
  <span className={classNames('relative inline-flex w-full', className)}>
    <select {...rest} className={controlClass('h-8 appearance-none pr-8')}>
      {placeholder !== undefined && <option value="">{placeholder}</option>}
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
    <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-faint" />
  </span>
)
