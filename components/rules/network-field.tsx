'use client'
import { useState } from 'react'
import { TextareaField } from '../ui/field.tsx'

interface NetworkFieldProps {
  readonly cidrs: readonly string[]
  readonly onChange: (cidrs: string[]) => void
  readonly error?: string | undefined
}

const toLines = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((line) => line.trim())
    .filter(Boolean)

/** Networks, one a line. */
export function NetworkField({ cidrs, onChange, error }: NetworkFieldProps) {
  const [text, setText] = useState(() => cidrs.join('\n'))
  return (
    <TextareaField
      label="Networks"
      rows={3}
      className="font-mono text-xs"
      placeholder={'10.0.0.0/8\n2001:db8::/32'}
      hint="In CIDR notation, one on each line. The address behind trusted proxies counts."
      {...(error === undefined ? {} : { error })}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        onChange(toLines(event.currentTarget.value))
      }}
    />
  )
}
