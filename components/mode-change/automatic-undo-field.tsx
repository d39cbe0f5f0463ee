'use client'
import { CheckboxField, TextField } from '../ui/field.tsx'

interface AutomaticUndoFieldProps {
  /** Null: it stays until somebody undoes it. */
  readonly value: number | null
  readonly error: string | undefined
  readonly onChange: (denials: number | null) => void
}

const USUAL = 1

/** Whether the change undoes itself, and from how many denials on. */
export const AutomaticUndoField = ({ value, error, onChange }: AutomaticUndoFieldProps) => (
  <div className="flex flex-col gap-2">
    <CheckboxField
      label="Undo by itself when somebody is denied whom no forecast names"
      checked={value !== null}
      onChange={(event) => {
        onChange(event.currentTarget.checked ? USUAL : null)
      }}
    />
    {value !== null && (
      <TextField
        label="Denials of one caller"
        type="number"
        inputMode="numeric"
        min={1}
        max={1_000_000}
        className="max-w-32 tabular-nums"
        hint="So many, and the endpoint goes back within seconds of the report. Only while nobody has changed its mode since."
        value={Number.isNaN(value) ? '' : value}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.valueAsNumber)
        }}
      />
    )}
  </div>
)
