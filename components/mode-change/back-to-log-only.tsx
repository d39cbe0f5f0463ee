'use client'
import { ShieldOff } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import type { Endpoint } from '#lib/client/object-types.ts'
import { useHasRole, useRoleGate } from '../shell/session-context.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Popover } from '../ui/popover.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { useModeChanges } from './use-mode-changes.ts'

const REASON_MIN = 3

interface BackToLogOnlyProps {
  readonly endpoints: readonly Pick<Endpoint, 'id' | 'method' | 'route'>[]
  /** A word beside the icon, where there is room. */
  readonly labelled?: boolean
}

/** Raises the gate again: at hand wherever something is enforced, with a reason and nothing else. */
export function BackToLogOnly({ endpoints, labelled = false }: BackToLogOnlyProps) {
  const [isOpen, setOpen] = useState(false)
  const isAllowed = useHasRole('operator')
  const gate = useRoleGate('operator')
  const label = 'Back to log-only'
  if (!isAllowed)
    return labelled ? (
      <Button icon={ShieldOff} {...gate}>
        {label}
      </Button>
    ) : (
      <IconButton icon={ShieldOff} label={label} size="sm" {...gate} />
    )
  return (
    <Popover
      label={label}
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      className="w-80 p-3"
      trigger={
        labelled ? (
          <Button icon={ShieldOff}>{label}</Button>
        ) : (
          <button
            type="button"
            aria-label={label}
            title={label}
            className="inline-flex size-6 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-text"
          >
            <ShieldOff aria-hidden className="size-4" strokeWidth={1.75} />
          </button>
        )
      }
    >
      <ReasonForm
        endpoints={endpoints}
        onDone={() => {
          setOpen(false)
        }}
      />
    </Popover>
  )
}

function ReasonForm({ endpoints, onDone }: Pick<BackToLogOnlyProps, 'endpoints'> & { readonly onDone: () => void }) {
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
