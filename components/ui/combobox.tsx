'use client'
import { ChevronsUpDown } from 'lucide-react'
import { useState } from 'react'
import { classNames } from './class-names.ts'
import { controlClass } from './input.tsx'
import { OptionList, type ComboboxOption } from './option-list.tsx'
import { Popover } from './popover.tsx'

interface ComboboxProps {
  readonly id?: string
  readonly label: string
  readonly options: readonly ComboboxOption[]
  readonly value: string | null
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly 'aria-invalid'?: boolean | undefined
  readonly 'aria-describedby'?: string | undefined
}

/** One of many, found by typing. */
export function Combobox({ id, label, options, value, onChange, placeholder = 'Choose…', ...aria }: ComboboxProps) {
  const [isOpen, setOpen] = useState(false)
  const chosen = options.find((option) => option.value === value)
  const choose = (next: string) => {
    onChange(next)
    setOpen(false)
  }
  return (
    <Popover
      label={label}
      open={isOpen}
      onOpenChange={setOpen}
      className="w-(--radix-popover-trigger-width) min-w-56 overflow-hidden"
      trigger={
        <button
          id={id}
          type="button"
          role="combobox"
          aria-expanded={isOpen}
          aria-label={`${label}: ${chosen?.label ?? 'none'}`}
          {...aria}
          className={controlClass('inline-flex h-8 items-center gap-2 text-left')}
        >
          <span className={classNames('min-w-0 flex-1 truncate', !chosen && 'text-faint')}>
            {chosen?.label ?? placeholder}
          </span>
          <ChevronsUpDown aria-hidden className="size-4 text-faint" />
        </button>
      }
    >
      <OptionList label={label} options={options} chosen={value === null ? [] : [value]} onChoose={choose} />
    </Popover>
  )
}
