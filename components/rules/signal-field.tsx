'use client'
import { SIGNALS, type Signal } from '#lib/policy/vocabulary.ts'
import { Checkbox } from '../ui/checkbox.tsx'
import { FieldError } from '../ui/field.tsx'
import { SIGNAL_DETAILS, SIGNAL_WORDS } from '../ui/words.ts'

interface SignalFieldProps {
  readonly value: readonly Signal[]
  readonly onChange: (signals: Signal[]) => void
  readonly error?: string | undefined
}

/** Which signals deny a request, each with what raises it. */
export function SignalField({ value, onChange, error }: SignalFieldProps) {
  return (
    <div role="group" aria-label="Signals that deny a request" className="flex flex-col gap-2">
      {SIGNALS.map((signal) => (
        <Checkbox
          key={signal}
          checked={value.includes(signal)}
          onChange={(event) => {
            const isRefused = event.currentTarget.checked
            onChange(SIGNALS.filter((other) => (other === signal ? isRefused : value.includes(other))))
          }}
        >
          {SIGNAL_WORDS[signal]}
          <span className="block text-xs text-muted">{SIGNAL_DETAILS[signal]}</span>
        </Checkbox>
      ))}
      <FieldError message={error} />
    </div>
  )
}
