'use client'
import type { ReactNode } from 'react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface ConfirmDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** A question: "Revoke this credential?" */
  readonly title: string
  /** What will happen, to whom. */
  readonly children: ReactNode
  /** The verb on the button: "Revoke". */
  readonly confirm: string
  readonly cancel?: string
  readonly danger?: boolean
  readonly pending?: boolean
  readonly problem?: ApiProblem | null
  readonly size?: 'sm' | 'md'
  readonly onConfirm: () => void
}

export const ConfirmDialog = ({
  open,
  onOpenChange,
  title,
  children,
  confirm,
  cancel = 'Cancel',
  danger = false,
  pending = false,
  problem,
  size = 'sm',
  onConfirm,
}: ConfirmDialogProps) => (
  <Dialog
    open={open}
    onOpenChange={onOpenChange}
    title={title}
    size={size}
    footer={
      <>
        <Button
          onClick={() => {
            onOpenChange(false)
          }}
        >
          {cancel}
        </Button>
        <Button variant={danger ? 'danger' : 'primary'} pending={pending} onClick={onConfirm}>
          {confirm}
        </Button>
      </>
    }
  >
    <div className="space-y-3">
      <div className="text-muted">{children}</div>
      <ProblemAlert problem={problem} />
    </div>
  </Dialog>
)
