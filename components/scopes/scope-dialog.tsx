'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Controller } from 'react-hook-form'
import type { ScopePosture } from '#lib/client/object-types.ts'
import { createScope, updateScope } from '#lib/client/scopes.ts'
import { servicesQuery } from '#lib/client/services.ts'
import { ScopeCreate, ScopeUpdate } from '#lib/contract/catalog.ts'
import { toLifetimeDraft } from '../evidence/lifetime-draft.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { FormDialog } from '../forms/form-dialog.tsx'
import { LifetimeField } from '../forms/lifetime-field.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Combobox } from '../ui/combobox.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { Field, TextareaField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'

interface NewScopeDialogProps {
  /** The service that will own it, where the page is about one. */
  readonly service?: string
  readonly onClose: () => void
}

const INHERITED = 'Identity and environment decide'

export function NewScopeDialog({ service, onClose }: NewScopeDialogProps) {
  const environment = useEnvironment()
  const services = useQuery({ ...servicesQuery(environment), enabled: service === undefined })
  const create = useMutation(createScope)
  const form = useContractForm(ScopeCreate, {
    serviceSlug: service ?? '',
    name: '',
    description: '',
    tokenLifetimeSeconds: null,
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && 'the scope that is not created yet')
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ body }),
    ({ name }) => {
      toast.success(`Scope ${name} exists now`, {
        description: 'Put it into rules, and grant it to those who need it.',
      })
      onClose()
    },
  )
  return (
    <FormDialog
      title="Create a scope"
      description="A right at one service, as resource:action. It exists in every environment; grants do not."
      submitLabel="Create"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      {service === undefined && (
        <Controller
          control={form.control}
          name="serviceSlug"
          render={({ field }) => (
            <Field label="Service" error={errors.serviceSlug && 'choose a service'}>
              {(control) => (
                <Combobox
                  {...control}
                  label="Service"
                  value={field.value === '' ? null : field.value}
                  onChange={field.onChange}
                  options={(services.data?.items ?? []).map(({ slug, name }) => ({
                    value: slug,
                    label: name,
                    hint: slug,
                  }))}
                />
              )}
            </Field>
          )}
        />
      )}
      <TextField
        label="Name"
        required
        className="font-mono"
        placeholder="orders:read"
        error={errors.name?.message}
        {...form.register('name')}
      />
      <TextareaField
        label="Description"
        optional
        rows={2}
        hint="What it allows, for those who grant it."
        error={errors.description?.message}
        {...form.register('description')}
      />
      <LifetimeField
        value={form.watch('tokenLifetimeSeconds') ?? null}
        onChange={(value) => {
          form.setValue('tokenLifetimeSeconds', value, { shouldDirty: true, shouldValidate: true })
        }}
        inherited={INHERITED}
        error={errors.tokenLifetimeSeconds?.message}
      />
    </FormDialog>
  )
}

interface EditScopeDialogProps {
  readonly scope: ScopePosture
  readonly onClose: () => void
  readonly onReload: () => void
}

export function EditScopeDialog({ scope: current, onClose, onReload }: EditScopeDialogProps) {
  const [scope] = usePinned(current)
  const save = useMutation(updateScope)
  const form = useContractForm(ScopeUpdate, {
    description: scope.description,
    tokenLifetimeSeconds: scope.tokenLifetimeSeconds,
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && `what you changed of the scope ${scope.name}`)
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { id: scope.id }, ifMatch: scope.version, body }),
    ({ name }) => {
      toast.success(`${name} is saved`)
      onClose()
    },
  )
  return (
    <FormDialog
      title={`Scope ${scope.name}`}
      description={`Owned by ${scope.serviceSlug}. Its name is part of tokens and rules and stays.`}
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
      <TextareaField
        label="Description"
        optional
        rows={3}
        error={errors.description?.message}
        {...form.register('description')}
      />
      <LifetimeField
        value={form.watch('tokenLifetimeSeconds') ?? null}
        onChange={(value) => {
          form.setValue('tokenLifetimeSeconds', value, { shouldDirty: true, shouldValidate: true })
        }}
        inherited={INHERITED}
        error={errors.tokenLifetimeSeconds?.message}
      />
      <WhatChanges
        draft={toLifetimeDraft(form.watch('tokenLifetimeSeconds') ?? null, scope.tokenLifetimeSeconds, (seconds) => ({
          scopes: [{ scopeId: scope.id, seconds }],
        }))}
        idle="Change the lifetime to see how many recorded uses were of older tokens."
      />
    </FormDialog>
  )
}
