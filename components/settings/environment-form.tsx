'use client'
import { useMutation } from '@tanstack/react-query'
import { updateEnvironment } from '#lib/client/environments.ts'
import type { Environment } from '#lib/client/object-types.ts'
import { EnvironmentUpdate } from '#lib/contract/catalog.ts'
import { toLifetimeDraft } from '../evidence/lifetime-draft.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { LifetimeField } from '../forms/lifetime-field.tsx'
import { SaveButton } from '../forms/save-button.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'
import { useUnsaved } from '../ui/unsaved.ts'

export function EnvironmentForm({
  environment: current,
  onReload,
}: {
  readonly environment: Environment
  readonly onReload: () => void
}) {
  const [environment, setEnvironment] = usePinned(current)
  const gate = useRoleGate('administrator')
  const save = useMutation(updateEnvironment)
  const form = useContractForm(EnvironmentUpdate, {
    name: environment.name,
    defaultTokenLifetimeSeconds: environment.defaultTokenLifetimeSeconds,
    tokenKeyRotationDays: environment.tokenKeyRotationDays,
  })
  const { errors, isDirty } = form.formState
  useUnsaved(isDirty && `what you changed of the environment ${environment.name}`)
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { environment: environment.slug }, ifMatch: environment.version, body }),
    (saved) => {
      setEnvironment(saved)
      form.reset({
        name: saved.name,
        defaultTokenLifetimeSeconds: saved.defaultTokenLifetimeSeconds,
        tokenKeyRotationDays: saved.tokenKeyRotationDays,
      })
      toast.success(`${saved.name} is saved`)
    },
  )
  return (
    <form noValidate onSubmit={submit} className="flex max-w-xl flex-col gap-4">
      <TextField label="Name" required error={errors.name?.message} {...form.register('name')} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-medium">Default token lifetime</legend>
        <LifetimeField
          value={form.watch('defaultTokenLifetimeSeconds') ?? null}
          onChange={(value) => {
            if (value !== null)
              form.setValue('defaultTokenLifetimeSeconds', value, { shouldDirty: true, shouldValidate: true })
          }}
          error={errors.defaultTokenLifetimeSeconds?.message}
        />
        <p className="text-xs text-muted">
          For identities and scopes that say nothing else. Tokens that were issued keep theirs.
        </p>
        <WhatChanges
          draft={toLifetimeDraft(
            form.watch('defaultTokenLifetimeSeconds') ?? null,
            environment.defaultTokenLifetimeSeconds,
            (seconds) => (seconds === null ? {} : { environmentSeconds: seconds }),
          )}
          idle="Change the lifetime to see how many recorded uses were of older tokens."
        />
      </fieldset>
      <TextField
        label="Rotate the key that signs tokens"
        type="number"
        inputMode="numeric"
        optional
        className="max-w-40 tabular-nums"
        hint="Days after which the next key signs, once every live instance knows it. Empty: by hand only."
        error={errors.tokenKeyRotationDays?.message}
        {...form.register('tokenKeyRotationDays', {
          setValueAs: (value: unknown) => (value === '' || value === null ? null : Number(value)),
        })}
      />
      <WriteProblem problem={problem} onReload={onReload} />
      <SaveButton pending={isPending} isDirty={isDirty} {...gate} />
    </form>
  )
}
