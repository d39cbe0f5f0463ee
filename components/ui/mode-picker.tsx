'use client'
import { useId } from 'react'
import { MODES, type Mode } from '#lib/policy/vocabulary.ts'
import { classNames } from './class-names.ts'
import { ModeDot } from './status-badges.tsx'
import { MODE_WORDS } from './words.ts'

const MEANING: Readonly<Record<Mode, string>> = {
  off: 'Nothing is decided; requests are only counted.',
  'log-only': 'Every request is decided; denials are only recorded.',
  enforce: 'Denied requests are refused.',
}

interface ModePickerProps {
  readonly value: Mode
  readonly onChange: (mode: Mode) => void
  readonly legend?: string
}

/** Which mode, as a considered choice: it never takes effect by itself. */
export function ModePicker({ value, onChange, legend = 'Mode' }: ModePickerProps) {
  const name = useId()
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {MODES.map((mode) => (
          <label
            key={mode}
            className={classNames(
              'rounded-lg border border-line-strong p-3 transition-colors hover:bg-hover',
              'has-checked:border-text has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:outline-focus',
            )}
          >
            <input
              type="radio"
              name={name}
              value={mode}
              checked={mode === value}
              onChange={() => {
                onChange(mode)
              }}
              className="sr-only"
            />
            <span className="flex items-center gap-2 font-medium">
              <ModeDot mode={mode} />
              {MODE_WORDS[mode]}
            </span>
            <span className="mt-1 block text-xs text-muted">{MEANING[mode]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
