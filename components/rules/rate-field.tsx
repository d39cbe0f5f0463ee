'use client'
import { Field } from '../ui/field.tsx'
import { TextInput } from '../ui/input.tsx'
import { toDuration } from '../ui/words.ts'

interface Rate {
  readonly requestsMax: number
  readonly windowSeconds: number
}

interface RateFieldProps {
  readonly rate: Rate
  readonly onChange: (rate: Rate) => void
  readonly errorOf: (member: keyof Rate) => string | undefined
}

interface CountInputProps {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly error: string | undefined
  readonly onChange: (value: number) => void
}

const WINDOWS_SECONDS = [1, 10, 60, 600, 3_600] as const

const CountInput = ({ label, value, max, error, onChange }: CountInputProps) => (
  <Field label={label} {...(error === undefined ? {} : { error })}>
    {(control) => (
      <TextInput
        {...control}
        type="number"
        inputMode="numeric"
        min={1}
        max={max}
        className="tabular-nums"
        value={Number.isNaN(value) ? '' : value}
        onChange={(event) => {
          onChange(event.currentTarget.valueAsNumber)
        }}
      />
    )}
  </Field>
)

/** How many requests in how long. */
export function RateField({ rate, onChange, errorOf }: RateFieldProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <CountInput
        label="Requests at most"
        value={rate.requestsMax}
        max={1_000_000}
        error={errorOf('requestsMax')}
        onChange={(requestsMax) => {
          onChange({ ...rate, requestsMax })
        }}
      />
      <div className="flex flex-col gap-2">
        <CountInput
          label="In so many seconds"
          value={rate.windowSeconds}
          max={3_600}
          error={errorOf('windowSeconds')}
          onChange={(windowSeconds) => {
            onChange({ ...rate, windowSeconds })
          }}
        />
        <div role="group" aria-label="Usual windows" className="flex flex-wrap gap-1">
          {WINDOWS_SECONDS.map((seconds) => (
            <button
              key={seconds}
              type="button"
              aria-pressed={seconds === rate.windowSeconds}
              onClick={() => {
                onChange({ ...rate, windowSeconds: seconds })
              }}
              className="h-6 rounded-md border border-line-strong px-2 text-xs text-muted hover:bg-hover aria-pressed:border-text aria-pressed:bg-selected aria-pressed:text-text"
            >
              {toDuration(seconds)}
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}
