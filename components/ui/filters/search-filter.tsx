'use client'
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { controlClass } from '../input.tsx'

const TYPING_MS = 200

interface SearchFilterProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Words to filter by; told once typing pauses. */
export function SearchFilter({ label, value, onChange }: SearchFilterProps) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    if (text === told.current) return undefined
    const timer = setTimeout(() => {
      told.current = text
      onChange(text)
    }, TYPING_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [text, onChange])
  return (
    <span className="relative w-full sm:w-64">
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
        }}
        className={controlClass('h-8 pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden')}
      />
      {text !== '' && (
        <button
          type="button"
          aria-label="Clear"
          onClick={() => {
            setText('')
          }}
          className="absolute top-1 right-1 inline-flex size-6 items-center justify-center rounded-sm text-faint hover:text-text"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </span>
  )
}
