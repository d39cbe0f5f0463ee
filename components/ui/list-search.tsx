'use client'
import { Search } from 'lucide-react'
import { TextInput } from './input.tsx'

interface ListSearchProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export const LIST_SEARCH_ID = 'list-search'

/** Narrows the list below by words. */
export const ListSearch = ({ label, placeholder, value, onChange }: ListSearchProps) => (
  <label className="relative w-full sm:w-64">
    <span className="sr-only">{label}</span>
    <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
    <TextInput
      id={LIST_SEARCH_ID}
      type="search"
      aria-keyshortcuts="f"
      placeholder={placeholder}
      className="pl-8"
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value)
      }}
    />
  </label>
)
