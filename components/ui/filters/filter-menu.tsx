'use client'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { classNames } from '../class-names.ts'
import { OptionList, type ComboboxOption } from '../option-list.tsx'
import { Popover } from '../popover.tsx'

interface FilterMenuProps {
  readonly label: string
  readonly options: readonly ComboboxOption[]
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
  /** At most one; choosing it again takes it back. */
  readonly isSingle?: boolean
}

/** A filter with a list behind it: what is chosen stands on the button. */
export function FilterMenu({ label, options, value, onChange, isSingle = false }: FilterMenuProps) {
  const [isOpen, setOpen] = useState(false)
  const names = value.map((each) => options.find((option) => option.value === each)?.label ?? each)
  const choose = (chosen: string) => {
    const rest = value.filter((each) => each !== chosen)
    onChange(rest.length < value.length ? rest : isSingle ? [chosen] : [...value, chosen])
    if (isSingle) setOpen(false)
  }
  return (
    <Popover
      label={label}
      open={isOpen}
      onOpenChange={setOpen}
      className="w-64 overflow-hidden"
      trigger={
        <button
          type="button"
          className={classNames(
            'inline-flex h-8 max-w-64 items-center gap-1.5 rounded-md border px-2.5 transition-colors hover:bg-hover',
            value.length > 0 ? 'border-control bg-selected' : 'border-dashed border-line-strong text-muted',
          )}
        >
          {label}
          {names.length > 0 && (
            <span className="min-w-0 truncate font-medium">
              {names.length > 2 ? `${String(names.length)} chosen` : names.join(', ')}
            </span>
          )}
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      }
    >
      <OptionList label={label} options={options} chosen={value} onChoose={choose} />
      {value.length > 0 && (
        <button
          type="button"
          onClick={() => {
            onChange([])
          }}
          className="block h-9 w-full border-t border-line text-muted hover:bg-hover hover:text-text"
        >
          Clear
        </button>
      )}
    </Popover>
  )
}
