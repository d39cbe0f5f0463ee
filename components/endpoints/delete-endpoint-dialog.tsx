'use client'
import { useMutation } from '@tanstack/react-query'
import { deleteEndpoint } from '#lib/client/endpoints.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { toast } from '../ui/toast.ts'

interface DeleteEndpointDialogProps {
  readonly endpoint: Endpoint
  readonly onClose: () => void
  readonly onDeleted: () => void
}

export function DeleteEndpointDialog({ endpoint, onClose, onDeleted }: DeleteEndpointDialogProps) {
  const environment = useEnvironment()
  const remove = useMutation(deleteEndpoint)
  const confirm = () => {
    remove.mutate(
      { params: { environment, id: endpoint.id }, ifMatch: endpoint.version },
      {
        onSuccess: () => {
          toast.success(`${endpoint.method} ${endpoint.route} is forgotten`)
          onDeleted()
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
      title="Forget this endpoint?"
      confirm="Forget"
      danger
      pending={remove.isPending}
      problem={remove.error}
      onConfirm={confirm}
    >
      <code className="text-text">
        {endpoint.method} {endpoint.route}
      </code>{' '}
      loses its rule and its mode in this environment. It comes back, without them, when an instance serves it again.
    </ConfirmDialog>
  )
}
