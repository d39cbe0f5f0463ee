'use client'
import { useMutation } from '@tanstack/react-query'
import type { ScopePosture } from '#lib/client/object-types.ts'
import { deleteScope } from '#lib/client/scopes.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
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
      size="md"
      danger
      pending={remove.isPending}
      problem={remove.error}
      onConfirm={confirm}
    >
      <div className="flex flex-col gap-4">
        <p>Only a scope that nobody holds and no rule needs, in any environment, can be deleted.</p>
        <WhatChanges
          title="What its holders would lose in this environment"
          draft={{ kind: 'grants', deletedScopes: [scope.id] }}
          idle=""
        />
      </div>
    </ConfirmDialog>
  )
}
