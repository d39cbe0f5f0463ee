'use client'
import { Command } from 'cmdk'
import { Check, ChevronsUpDown } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { controlClass } from './input.tsx'
import { Popover } from './popover.tsx'

export interface ComboboxOption {
  readonly value: string
  readonly label: string
  readonly hint?: ReactNode
}

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
        <button id={id} type="button" role="combobox" aria-expanded={isOpen} aria-label={`${label}: ${chosen?.label ?? 'none'}`} {...aria} className={controlClass('inline-flex h-8 items-center gap-2 text-left')}>
          <span className={classNames('min-w-0 flex-1 truncate', !chosen && 'text-faint')}>{chosen?.label ?? placeholder}</span>
          <ChevronsUpDown aria-hidden className="size-4 text-faint" />
        </button>
      }
    >
      <OptionList label={label} options={options} chosen={value === null ? [] : [value]} onChoose={choose} />
    </Popover>
  )
}

interface OptionListProps {
  readonly label: string
  readonly options: readonly ComboboxOption[]
  readonly chosen: readonly string[]
  readonly onChoose: (value: string) => void
}

const SEARCHED_FROM = 6

/** A searchable list; used alone where several may be chosen. */
export const OptionList = ({ label, options, chosen, onChoose }: OptionListProps) => (
  <Command label={label} loop>
    {options.length >= SEARCHED_FROM ? (
      <Command.Input autoFocus placeholder="Search…" className="h-9 w-full border-b border-line bg-transparent px-3 outline-none" />
    ) : (
      // Keeps arrow keys working where there is nothing to search.
      <Command.Input autoFocus aria-label={label} className="sr-only" />
    )}
    <Command.List className="scroll-thin max-h-72 overflow-y-auto p-1">
      <Command.Empty className="px-2 py-4 text-center text-muted">Nothing found.</Command.Empty>
      {options.map((option) => (
        <Command.Item
          key={option.value}
          value={option.value}
          keywords={[option.label]}
          onSelect={() => { onChoose(option.value) }}
          aria-checked={chosen.includes(option.value)}
          className="flex min-h-8 items-center gap-2 rounded-md px-2 data-[selected=true]:bg-hover"
        >
          <Check aria-hidden className={classNames('size-4 shrink-0', !chosen.includes(option.value) && 'invisible')} />
          <span className="min-w-0 flex-1 truncate">{option.label}</span>
          {option.hint !== undefined && <span className="shrink-0 text-xs text-faint">{option.hint}</span>}
        </Command.Item>
      ))}
    </Command.List>
  </Command>
)
