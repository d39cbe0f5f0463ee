'use client'
import { Field } from '../ui/field.tsx'
import { TextInput } from '../ui/input.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { toDuration } from '../ui/words.ts'

interface LifetimeFieldProps {
  /** Null: somebody else decides. */
  readonly value: number | null
  readonly onChange: (seconds: number | null) => void
  /** Who decides while there is no value; absent where a value is needed. */
  readonly inherited?: string
  readonly error?: string | undefined
}

const PRESETS_SECONDS = [60, 300, 900, 1_800, 3_600, 86_400] as const
const OWN_DEFAULT_SECONDS = 300

/** A token lifetime in seconds, or nobody's own. */
export function LifetimeField({ value, onChange, inherited, error }: LifetimeFieldProps) {
  const words = value === null || Number.isNaN(value) ? '' : toDuration(value)
  return (
    <div className="flex flex-col gap-3">
      {inherited !== undefined && (
        <Segmented
          label="Who decides"
          value={value === null ? 'inherited' : 'own'}
          options={[
            { value: 'inherited', label: inherited },
            { value: 'own', label: 'Its own' },
          ]}
          onChange={(next) => {
            onChange(next === 'own' ? OWN_DEFAULT_SECONDS : null)
          }}
          className="self-start"
        />
      )}
      {value !== null && (
        <>
          <Field
            label="Seconds"
            hint={words === '' ? '30–86,400 seconds.' : `${words}. 30–86,400 seconds.`}
            {...(error === undefined ? {} : { error })}
          >
            {(control) => (
              <TextInput
                {...control}
                type="number"
                inputMode="numeric"
                min={30}
                max={86_400}
                className="max-w-40 tabular-nums"
                value={Number.isNaN(value) ? '' : value}
                onChange={(event) => {
                  onChange(event.currentTarget.valueAsNumber)
                }}
              />
            )}
          </Field>
          <div role="group" aria-label="Usual lifetimes" className="flex flex-wrap gap-1">
            {PRESETS_SECONDS.map((preset) => (
              <button
                key={preset}
                type="button"
                aria-pressed={preset === value}
                onClick={() => {
                  onChange(preset)
                }}
                className="h-6 rounded-md border border-line-strong px-2 text-xs text-muted hover:bg-hover aria-pressed:border-text aria-pressed:bg-selected aria-pressed:text-text"
              >
                {toDuration(preset)}
              </button>
            ))}
          </div>
        </>
      )}
    </div>
  )
}
