'use client'
import { TokenAgeHistogram } from '../evidence/token-age-histogram.tsx'
import type { TokenAges } from '../evidence/token-age.ts'
import { Field } from '../ui/field.tsx'
import { TextInput } from '../ui/input.tsx'
import { toDuration } from '../ui/words.ts'

/** They lie on the edges of the histogram, so that what they would refuse is known exactly. */
const PRESETS_SECONDS = [60, 300, 900, 1_800, 3_600, 28_800] as const

interface MaxAgeFieldProps {
  readonly seconds: number
  readonly onChange: (seconds: number) => void
  readonly error?: string | undefined
  readonly ages?: TokenAges | undefined
}

/** How old a token may be, beside how old tokens are. */
export function MaxAgeField({ seconds, onChange, error, ages }: MaxAgeFieldProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="flex flex-col gap-2">
        <Field label="Seconds since it was issued" {...(error === undefined ? {} : { error })}>
          {(control) => (
            <TextInput
              {...control}
              type="number"
              inputMode="numeric"
              min={30}
              max={86_400}
              className="tabular-nums"
              value={Number.isNaN(seconds) ? '' : seconds}
              onChange={(event) => {
                onChange(event.currentTarget.valueAsNumber)
              }}
            />
          )}
        </Field>
        <div role="group" aria-label="Usual ages" className="flex flex-wrap gap-1">
          {PRESETS_SECONDS.map((preset) => (
            <button
              key={preset}
              type="button"
              aria-pressed={preset === seconds}
              onClick={() => {
                onChange(preset)
              }}
              className="h-6 rounded-md border border-line-strong px-2 text-xs text-muted hover:bg-hover aria-pressed:border-text aria-pressed:bg-selected aria-pressed:text-text"
            >
              {toDuration(preset)}
            </button>
          ))}
        </div>
      </div>
      {ages !== undefined && <TokenAgeHistogram ages={ages} limitSeconds={Number.isNaN(seconds) ? null : seconds} />}
    </div>
  )
}
