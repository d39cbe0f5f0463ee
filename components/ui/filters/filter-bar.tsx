'use client'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../button.tsx'

interface FilterBarProps {
  readonly label: string
  readonly isFiltered: boolean
  readonly onReset: () => void
  /** What stands at the far end: counts, exports. */
  readonly end?: ReactNode
  readonly children: ReactNode
}

/** Filters above a list. Their state belongs in the URL (nuqs), so that a list can be sent to a colleague. */
export const FilterBar = ({ label, isFiltered, onReset, end, children }: FilterBarProps) => (
  <div role="search" aria-label={label} className="flex flex-wrap items-center gap-2">
    {children}
    {isFiltered && (
      <Button variant="ghost" icon={X} onClick={onReset}>
        Reset
      </Button>
    )}
    {end !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{end}</div>}
  </div>
)
