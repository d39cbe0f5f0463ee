'use client'
import { useId } from 'react'
import { TextInput } from '../ui/input.tsx'
import { PERCENT_STEPS } from './change-direction.ts'

interface PercentPickerProps {
  readonly value: number
  readonly onChange: (percent: number) => void
}

const clamp = (value: number): number => Math.min(100, Math.max(1, Math.round(value)))

/** How many callers enforce holds for. Stable: who is in stays in when it is raised. */
export function PercentPicker({ value, onChange }: PercentPickerProps) {
  const id = useId()
  const change = (text: string) => {
    const next = Number(text)
    if (text !== '' && Number.isFinite(next)) onChange(clamp(next))
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <label htmlFor={id} className="font-medium">
          Percent of callers
        </label>
        <input
          type="range"
          min={1}
          max={100}
          value={value}
          aria-label="Percent of callers, slider"
          onChange={(event) => {
            change(event.currentTarget.value)
          }}
          className="h-6 min-w-0 flex-1 accent-enforce-fill"
        />
        <span className="flex w-20 items-center gap-1">
          <TextInput
            id={id}
            type="number"
            inputMode="numeric"
            min={1}
            max={100}
            value={value}
            className="text-right tabular-nums"
            aria-describedby={`${id}-hint`}
            onChange={(event) => {
              change(event.currentTarget.value)
            }}
          />
          <span aria-hidden>%</span>
        </span>
      </div>
      <div className="flex flex-wrap gap-1" role="group" aria-label="Usual percents">
        {PERCENT_STEPS.map((step) => (
          <button
            key={step}
            type="button"
            aria-pressed={step === value}
            onClick={() => {
              onChange(step)
            }}
            className="h-6 rounded-md border border-line-strong px-2 text-xs text-muted tabular-nums hover:bg-hover aria-pressed:border-text aria-pressed:bg-selected aria-pressed:text-text"
          >
            {step} %
          </button>
        ))}
      </div>
      <p id={`${id}-hint`} className="text-xs text-muted">
        Stable by caller, never a random request: a caller that is in stays in when the percent is raised, at every
        endpoint alike. Anonymous callers are enforced at 100 % only.
      </p>
    </div>
  )
}
