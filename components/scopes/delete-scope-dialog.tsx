'use client'
import { useMutation } from '@tanstack/react-query'
import type { ScopePosture } from '#lib/client/object-types.ts'
import { deleteScope } from '#lib/client/scopes.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { toast } from '../ui/toast.ts'

interface DeleteScopeDialogProps {
  readonly scope: ScopePosture
  readonly onClose: () => void
  readonly onDeleted?: () => void
}

export function DeleteScopeDialog({ scope, onClose, onDeleted }: DeleteScopeDialogProps) {
  const remove = useMutation(deleteScope)
  const confirm = () => {
    remove.mutate(
      { params: { id: scope.id }, ifMatch: scope.version },
      {
        onSuccess: () => {
          toast.success(`${scope.name} is deleted`)
          onClose()
          onDeleted?.()
        },
      },
    )
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Delete ${scope.name}?`}
      confirm="Delete"
      danger
      pending={remove.isPending}
      problem={remove.error}
      onConfirm={confirm}
    >
      Only a scope that nobody holds and no rule needs, in any environment, can be deleted.
    </ConfirmDialog>
  )
}
