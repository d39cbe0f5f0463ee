'use client'
import { ChosenField, toggled } from '../ui/chosen-field.tsx'
import { COUNTRY_CODES, toCountryName } from '../ui/countries.ts'
import { OptionList } from '../ui/option-list.tsx'

interface CountryFieldProps {
  readonly value: readonly string[]
  readonly onChange: (codes: readonly string[]) => void
  readonly error?: string | undefined
}

const OPTIONS = COUNTRY_CODES.map((code) => ({ value: code, label: toCountryName(code), hint: code })).sort(
  (left, right) => left.label.localeCompare(right.label, 'en'),
)

const toItem = (code: string) => ({
  value: code,
  name: toCountryName(code),
  shown: (
    <>
      {toCountryName(code)}
      <span className="font-mono text-faint">{code}</span>
    </>
  ),
})

/** Countries, found by name or code. */
export function CountryField({ value, onChange, error }: CountryFieldProps) {
  const toggle = (code: string) => {
    onChange(toggled(value, code))
  }
  return (
    <ChosenField
      label="Countries"
      chosenLabel="Countries the caller may be in"
      addLabel="Add a country"
      items={value.map(toItem)}
      onToggle={toggle}
      error={error}
      popoverClassName="w-72"
    >
      <OptionList label="Countries" options={OPTIONS} chosen={value} onChoose={toggle} />
    </ChosenField>
  )
}
