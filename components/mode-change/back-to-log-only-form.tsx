'use client'
import { useState, type SyntheticEvent } from 'react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { useModeChanges } from './use-mode-changes.ts'

const REASON_MIN = 3

export interface BackToLogOnlyFormProps {
  readonly endpoints: readonly Pick<Endpoint, 'id' | 'method' | 'route'>[]
  readonly onDone: () => void
}

/** Asks for the reason, and nothing else. */
export function BackToLogOnlyForm({ endpoints, onDone }: BackToLogOnlyFormProps) {
  const [reason, setReason] = useState('')
  const { apply, isPending, problem } = useModeChanges()
  const isGiven = reason.trim().length >= REASON_MIN
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault()
    if (!isGiven || isPending) return
    await apply({
      changes: endpoints.map(({ id }) => ({ endpointId: id, mode: 'log-only' })),
      reason: reason.trim(),
    }).then(onDone, () => undefined) // a refusal is shown through `problem`
  }
  const [first] = endpoints
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      <p className="text-muted">
        {endpoints.length === 1 && first ? (
          <code className="text-text">{`${first.method} ${first.route}`}</code>
        ) : (
          `${String(endpoints.length)} endpoints`
        )}{' '}
        will refuse nobody. Denials are recorded as before.
      </p>
      <TextField
        label="Reason"
        autoFocus
        maxLength={500}
        value={reason}
        onChange={(event) => {
          setReason(event.currentTarget.value)
        }}
        hint="Kept in the audit log."
      />
      <ProblemAlert problem={problem} />
      <Button
        type="submit"
        variant="primary"
        pending={isPending}
        {...(isGiven ? {} : { disabledReason: 'Say why in a few words' })}
      >
        Back to log-only
      </Button>
    </form>
  )
}
