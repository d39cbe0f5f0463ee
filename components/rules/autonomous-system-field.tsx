'use client'
import { useState } from 'react'
import { TextField } from '../ui/field.tsx'

interface AutonomousSystemFieldProps {
  readonly numbers: readonly number[]
  readonly onChange: (numbers: number[]) => void
  readonly error?: string | undefined
}

/** What is no number stays one that is none, so that it is refused and not left out. */
const toNumbers = (text: string): number[] =>
  text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((word) => (/^(AS)?\d+$/i.test(word) ? Number(word.replace(/^AS/i, '')) : Number.NaN))

/** Numbers of autonomous systems, as people write them. */
export function AutonomousSystemField({ numbers, onChange, error }: AutonomousSystemFieldProps) {
  const [text, setText] = useState(() => numbers.map((number) => `AS${String(number)}`).join(', '))
  return (
    <TextField
      label="Autonomous systems"
      className="font-mono text-xs"
      placeholder="AS3303, AS15169"
      hint="By their numbers, with a comma or a space between."
      {...(error === undefined ? {} : { error })}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        onChange(toNumbers(event.currentTarget.value))
      }}
    />
  )
}
