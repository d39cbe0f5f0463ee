'use client'
import { ShieldAlert } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { Checkbox } from './checkbox.tsx'
import { CodeBlock } from './code-block.tsx'
import { useUnsaved } from './unsaved.ts'

interface SecretOnceProps {
  /** What it is: "client secret". */
  readonly what: string
  readonly secret: string
  /** The same as settings of the service. */
  readonly environmentVariables?: Readonly<Record<string, string>>
  readonly onDone: () => void
}

const quoted = (value: string): string =>
  /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`

/** A secret that will never be shown again: it goes only when the person says it is kept. */
export function SecretOnce({ what, secret, environmentVariables = {}, onDone }: SecretOnceProps) {
  const [isKept, setKept] = useState(false)
  useUnsaved(!isKept && `the ${what}, which is shown once`)
  const lines = Object.entries(environmentVariables).map(([name, value]) => `${name}=${quoted(value)}`)
  return (
    <div className="space-y-4">
      <p className="flex gap-2 rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
        <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        This {what} is shown once. Stepgate keeps only a hash of it.
      </p>
      <CodeBlock code={secret} label={what} />
      {lines.length > 0 && (
        <div className="space-y-1">
          <h3 className="font-medium">As settings of the service</h3>
          <CodeBlock code={lines.join('\n')} label="environment variables" />
        </div>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Checkbox
          checked={isKept}
          onChange={(event) => {
            setKept(event.currentTarget.checked)
          }}
        >
          I have stored it
        </Checkbox>
        <Button
          variant="primary"
          onClick={onDone}
          {...(isKept ? {} : { disabledReason: 'Say first that you have stored it' })}
        >
          Done
        </Button>
      </div>
    </div>
  )
}
