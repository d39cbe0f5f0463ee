'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { createService } from '#lib/client/services.ts'
import { ServiceCreate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextareaField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'
import { toSlug } from './to-slug.ts'

export function ServiceDialog({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter()
  const toPath = useEnvironmentPath()
  const create = useMutation(createService)
  const form = useContractForm(ServiceCreate, { slug: '', name: '', description: '', team: '' })
  const { errors, dirtyFields, isDirty } = form.formState
  useUnsaved(isDirty && 'the service that is not created yet')
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ body }),
    ({ slug, name }) => {
      toast.success(`${name} exists in every environment`, { description: 'Give it a credential next.' })
      // In place of the address that opened the dialog: going back would open it again.
      router.replace(toPath(`/services/${slug}/identity`))
    },
  )
  const name = form.register('name')
  return (
    <FormDialog
      title="Create a service"
      description="It owns endpoints, is the audience of the tokens its callers bring, and has an identity of its own."
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
          if (dirtyFields.slug !== true) form.setValue('slug', toSlug(event.currentTarget.value))
        }}
      />
      <TextField
        label="Slug"
        required
        className="font-mono"
        hint="OAuth audience and client_id, the same in every environment. It cannot be changed later."
        error={errors.slug?.message}
        {...form.register('slug')}
      />
      <TextField
        label="Team"
        optional
        hint="Who is asked when something breaks."
        error={errors.team?.message}
        {...form.register('team')}
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
