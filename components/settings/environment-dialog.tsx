'use client'
import { useMutation } from '@tanstack/react-query'
import { createEnvironment } from '#lib/client/environments.ts'
import { EnvironmentCreate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { LifetimeField } from '../forms/lifetime-field.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { toSlug } from '../services/to-slug.ts'
import { toEnvironmentPath } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

export function EnvironmentDialog({ onClose }: { readonly onClose: () => void }) {
  const create = useMutation(createEnvironment)
  const form = useContractForm(EnvironmentCreate, { slug: '', name: '', defaultTokenLifetimeSeconds: 900 })
  const { errors, dirtyFields } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ body }),
    ({ slug, name }) => {
      toast.success(`${name} exists, with keys of its own`)
      onClose()
      // The shell reads the environments on the server.
      window.location.assign(toEnvironmentPath(slug, '/overview'))
    },
  )
  const name = form.register('name')
  return (
    <FormDialog
      title="Create an environment"
      description="It gets signing keys of its own. Services, identities and scopes are known there at once; credentials, grants, rules and modes are not."
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
        hint="Part of its issuer’s URL. It cannot be changed later."
        error={errors.slug?.message}
        {...form.register('slug')}
      />
      <fieldset>
        <legend className="mb-1 font-medium">Default token lifetime</legend>
        <LifetimeField
          value={form.watch('defaultTokenLifetimeSeconds') ?? 900}
          onChange={(value) => {
            if (value !== null)
              form.setValue('defaultTokenLifetimeSeconds', value, { shouldDirty: true, shouldValidate: true })
          }}
          error={errors.defaultTokenLifetimeSeconds?.message}
        />
      </fieldset>
    </FormDialog>
  )
}
