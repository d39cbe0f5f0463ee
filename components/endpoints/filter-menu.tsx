'use client'
import { ChevronDown } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { buttonClass } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { OptionList } from '../ui/option-list.tsx'
import { Popover } from '../ui/popover.tsx'

export interface FilterOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint?: ReactNode
}

interface FilterMenuProps<Value extends string> {
  readonly label: string
  readonly options: readonly FilterOption<Value>[]
  readonly chosen: readonly Value[]
  readonly onChange: (chosen: readonly Value[]) => void
}

/** Several of a closed list, as a filter. */
export function FilterMenu<Value extends string>({ label, options, chosen, onChange }: FilterMenuProps<Value>) {
  const [isOpen, setOpen] = useState(false)
  const toggle = (value: string) => {
    const option = options.find((other) => other.value === value)?.value
    if (option !== undefined)
      onChange(chosen.includes(option) ? chosen.filter((other) => other !== option) : [...chosen, option])
  }
  const words = chosen.map((value) => options.find((option) => option.value === value)?.label ?? value)
  return (
    <Popover
      label={label}
      open={isOpen}
      onOpenChange={setOpen}
      className="w-64 overflow-hidden"
      trigger={
        <button
          type="button"
          className={buttonClass('secondary', 'md', classNames('max-w-56', chosen.length > 0 && 'border-text'))}
        >
          <span className="truncate">
            {label}
            {words.length > 0 && (
              <span className="font-normal text-muted">
                : {words.length > 2 ? `${String(words.length)} chosen` : words.join(', ')}
              </span>
            )}
          </span>
          <ChevronDown aria-hidden className="size-3.5 text-faint" />
        </button>
      }
    >
      <OptionList label={label} options={options} chosen={chosen} onChoose={toggle} />
    </Popover>
  )
}
