'use client'
import { Segmented } from '../ui/segmented.tsx'

export const WINDOW_HOURS_DEFAULT = 168
const OPTIONS = [
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
] as const

export const isWindowOffered = (hours: number): boolean => OPTIONS.some(({ value }) => value === String(hours))

/** How far back the evidence looks. */
export const WindowPicker = ({
  hours,
  onChange,
}: {
  readonly hours: number
  readonly onChange: (hours: number) => void
}) => (
  <Segmented
    label="Window of the evidence"
    value={String(hours)}
    options={OPTIONS}
    onChange={(value) => {
      onChange(Number(value))
    }}
  />
)
