'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { createIdentity, deleteIdentity, updateIdentity } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { IdentityCreate, IdentityUpdate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { toSlug } from '../services/to-slug.ts'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextareaField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'

export function IntegrationDialog({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter()
  const toPath = useEnvironmentPath()
  const create = useMutation(createIdentity)
  const form = useContractForm(IdentityCreate, { clientId: '', name: '', description: '' })
  const { errors, dirtyFields, isDirty } = form.formState
  useUnsaved(isDirty && 'the integration that is not created yet')
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ body }),
    ({ clientId, name }) => {
      toast.success(`${name} exists in every environment`, {
        description: 'Give it a credential and the scopes it needs.',
      })
      // In place of the address that opened the dialog: going back would open it again.
      router.replace(toPath(`/identities/${clientId}`))
    },
  )
  const name = form.register('name')
  return (
    <FormDialog
      title="Create an integration"
      description="A caller that is not one of your services: a partner, a script, a pipeline. The identity of a service comes with the service."
      submitLabel="Create"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        required
        error={errors.name?.message}
        {...name}
        onChange={(event) => {
          void name.onChange(event)
          if (dirtyFields.clientId !== true) form.setValue('clientId', toSlug(event.currentTarget.value))
        }}
      />
      <TextField
        label="client_id"
        required
        className="font-mono"
        hint="The same in every environment. It cannot be changed later."
        error={errors.clientId?.message}
        {...form.register('clientId')}
      />
      <TextareaField
        label="Description"
        optional
        rows={2}
        error={errors.description?.message}
        {...form.register('description')}
      />
    </FormDialog>
  )
}

interface IdentityPartProps {
  readonly identity: IdentityPosture
  readonly onClose: () => void
}

export function IdentityDetailsDialog({
  identity: current,
  onClose,
  onReload,
}: IdentityPartProps & { readonly onReload: () => void }) {
  const [identity] = usePinned(current)
  const save = useMutation(updateIdentity)
  const form = useContractForm(IdentityUpdate, { name: identity.name, description: identity.description })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && `what you changed of the details of ${identity.clientId}`)
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { clientId: identity.clientId }, ifMatch: identity.version, body }),
    () => {
      toast.success('The details are saved')
      onClose()
    },
  )
  return (
    <FormDialog
      title={`Details of ${identity.clientId}`}
      submitLabel="Save"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
      onReload={() => {
        onReload()
        onClose()
      }}
    >
      <TextField label="Name" required error={errors.name?.message} {...form.register('name')} />
      <TextareaField
        label="Description"
        optional
        rows={3}
        error={errors.description?.message}
        {...form.register('description')}
      />
    </FormDialog>
  )
}

export function DeleteIdentityDialog({ identity, onClose }: IdentityPartProps) {
  const router = useRouter()
  const toPath = useEnvironmentPath()
  const remove = useMutation(deleteIdentity)
  const confirm = () => {
    remove.mutate(
      { params: { clientId: identity.clientId }, ifMatch: identity.version },
      {
        onSuccess: () => {
          toast.success(`${identity.name} is deleted`)
          router.push(toPath('/identities'))
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
      title={`Delete ${identity.name}?`}
      confirm="Delete"
      danger
      pending={remove.isPending}
      problem={remove.error}
      onConfirm={confirm}
    >
      Its credentials and grants go with it, in every environment. This cannot be undone; to stop it for a while,
      disable it.
    </ConfirmDialog>
  )
}
