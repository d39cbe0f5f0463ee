'use client'
import { ShieldOff } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { useHasRole, useRoleGate } from '../shell/session-context.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Popover } from '../ui/popover.tsx'
import { whenIdle } from '../ui/when-idle.ts'
import type { BackToLogOnlyFormProps } from './back-to-log-only-form.tsx'

const loadForm = async () => (await import('./back-to-log-only-form.tsx')).BackToLogOnlyForm
// Who raises the gate in a hurry does not wait for it.
if (typeof window !== 'undefined') whenIdle(() => void loadForm())

const BackToLogOnlyForm = dynamic(loadForm, { ssr: false })

interface BackToLogOnlyProps extends Pick<BackToLogOnlyFormProps, 'endpoints'> {
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
      <BackToLogOnlyForm
        endpoints={endpoints}
        onDone={() => {
          setOpen(false)
        }}
      />
    </Popover>
  )
}
