'use client'
import { useId, type SyntheticEvent, type ReactNode } from 'react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { WriteProblem } from './write-problem.tsx'

interface FormDialogProps {
  readonly title: string
  readonly description?: ReactNode
  /** The verb on the button: "Create". */
  readonly submitLabel: string
  readonly isPending: boolean
  readonly problem: ApiProblem | null
  readonly onSubmit: (event: SyntheticEvent) => void
  readonly onClose: () => void
  readonly onReload?: (() => void) | undefined
  readonly danger?: boolean
  readonly size?: 'sm' | 'md' | 'lg'
  /** Why it cannot be sent now. */
  readonly disabledReason?: string | undefined
  readonly children: ReactNode
}

/** A form over the page: Enter sends it, Escape leaves it. */
export function FormDialog({
  title,
  description,
  submitLabel,
  isPending,
  problem,
  onSubmit,
  onClose,
  onReload,
  danger = false,
  size = 'md',
  disabledReason,
  children,
}: FormDialogProps) {
  const id = useId()
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={title}
      description={description}
      size={size}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={id}
            variant={danger ? 'danger' : 'primary'}
            pending={isPending}
            {...(disabledReason === undefined ? {} : { disabledReason })}
          >
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={id} noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        {children}
        <WriteProblem problem={problem} onReload={onReload} />
      </form>
    </Dialog>
  )
}
