'use client'
import { Plus, X } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { OptionList } from '../ui/option-list.tsx'
import { Popover } from '../ui/popover.tsx'
import { COUNTRY_CODES, toCountryName } from '../ui/countries.ts'

interface CountryFieldProps {
  readonly value: readonly string[]
  readonly onChange: (codes: readonly string[]) => void
  readonly error?: string | undefined
}

const OPTIONS = COUNTRY_CODES.map((code) => ({ value: code, label: toCountryName(code), hint: code })).sort(
  (left, right) => left.label.localeCompare(right.label, 'en'),
)

const Chip = ({ code, onRemove }: { readonly code: string; readonly onRemove: () => void }) => (
  <li className="inline-flex h-7 items-center gap-1 rounded-md border border-line-strong bg-raised pl-2 text-xs">
    {toCountryName(code)}
    <span className="font-mono text-faint">{code}</span>
    <button
      type="button"
      aria-label={`Take out ${toCountryName(code)}`}
      onClick={onRemove}
      className="inline-flex size-6 items-center justify-center rounded-md text-faint hover:text-text"
    >
      <X aria-hidden className="size-3.5" />
    </button>
  </li>
)

/** Countries, found by name or code. */
export function CountryField({ value, onChange, error }: CountryFieldProps) {
  const toggle = (code: string) => {
    onChange(value.includes(code) ? value.filter((other) => other !== code) : [...value, code])
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-1.5">
        <ul aria-label="Countries the caller may be in" className="contents">
          {value.map((code) => (
            <Chip
              key={code}
              code={code}
              onRemove={() => {
                toggle(code)
              }}
            />
          ))}
        </ul>
        <Popover
          label="Countries"
          className="w-72 overflow-hidden"
          trigger={
            <Button size="sm" icon={Plus}>
              {value.length === 0 ? 'Add a country' : 'Add'}
            </Button>
          }
        >
          <OptionList label="Countries" options={OPTIONS} chosen={value} onChoose={toggle} />
        </Popover>
      </div>
      {error !== undefined && (
        <p role="alert" className="text-xs text-denied">
          {error}
        </p>
      )}
    </div>
  )
}
