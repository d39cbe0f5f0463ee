'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { updateEndpoint } from '#lib/client/endpoints.ts'
import type { Endpoint } from '#lib/client/object-types.ts'
import { EndpointUpdate } from '#lib/contract/endpoint.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextareaField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

export function DescriptionDialog({
  endpoint: current,
  onClose,
}: {
  readonly endpoint: Endpoint
  readonly onClose: () => void
}) {
  const [endpoint] = usePinned(current)
  const environment = useEnvironment()
  const client = useQueryClient()
  const save = useMutation(updateEndpoint)
  const form = useContractForm(EndpointUpdate.pick({ description: true }), { description: endpoint.description })
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { environment, id: endpoint.id }, ifMatch: endpoint.version, body }),
    () => {
      toast.success('The description is saved')
      onClose()
    },
  )
  const reload = () => {
    void client.invalidateQueries({ queryKey: ['endpoints', environment, 'one', endpoint.id] })
    onClose()
  }
  return (
    <FormDialog
      title="Description"
      submitLabel="Save"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
      onReload={reload}
    >
      <TextareaField
        label="What the endpoint does"
        rows={4}
        error={form.formState.errors.description?.message}
        {...form.register('description')}
      />
    </FormDialog>
  )
}
