'use client'
import { lazy, Suspense, type ReactNode } from 'react'
import { loadOptions } from './overlay/load-overlays.ts'

export interface ComboboxOption {
  readonly value: string
  readonly label: string
  readonly hint?: ReactNode
}

export interface OptionListProps {
  readonly label: string
  readonly options: readonly ComboboxOption[]
  readonly chosen: readonly string[]
  readonly onChoose: (value: string) => void
}

const CommandOptions = lazy(() => loadOptions().then((module) => ({ default: module.CommandOptions })))

/** A searchable list; used alone where several may be chosen. */
export const OptionList = (props: OptionListProps) => (
  <Suspense fallback={<span className="block h-24" />}>
    <CommandOptions {...props} />
  </Suspense>
)
