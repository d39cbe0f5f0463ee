'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { environmentQuery, updateEnvironment } from '#lib/client/environments.ts'
import type { Environment } from '#lib/client/object-types.ts'
import { EnvironmentUpdate } from '#lib/contract/catalog.ts'
import { LifetimeField } from '../forms/lifetime-field.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { ObjectHistory } from '../history/object-history.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { TextField } from '../ui/field.tsx'
import { KeyValues } from '../ui/key-values.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'

function EnvironmentForm({
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
  })
  const { errors, isDirty } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { environment: environment.slug }, ifMatch: environment.version, body }),
    (saved) => {
      setEnvironment(saved)
      form.reset({ name: saved.name, defaultTokenLifetimeSeconds: saved.defaultTokenLifetimeSeconds })
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
      </fieldset>
      <WriteProblem problem={problem} onReload={onReload} />
      <Button
        type="submit"
        variant="primary"
        className="self-start"
        pending={isPending}
        {...(gate.disabledReason !== undefined
          ? gate
          : isDirty
            ? {}
            : { disabledReason: 'Nothing differs from what is saved' })}
      >
        Save
      </Button>
    </form>
  )
}

const Copied = ({ value, what }: { readonly value: string; readonly what: string }) => (
  <span className="flex min-w-0 items-start gap-1">
    <code className="min-w-0 text-xs leading-6 break-all">{value}</code>
    <CopyButton text={value} what={what} />
  </span>
)

const Addresses = ({ environment }: { readonly environment: Environment }) => (
  <Panel id="addresses" title="What services need" description="Comes with each credential as settings">
    <KeyValues
      className="max-sm:grid-cols-1 max-sm:gap-y-0.5 max-sm:[&_dd]:mb-2"
      items={[
        ['Slug', <code key="slug">{environment.slug}</code>],
        ['Issuer', <Copied key="issuer" value={environment.issuer} what="issuer" />],
        ['Key set', <Copied key="jwks" value={`${environment.issuer}/jwks.json`} what="address of the key set" />],
        ['STEPGATE_CONFIG_KEY', <Copied key="pin" value={environment.configKey} what="configuration key" />],
        ['Revision', environment.revision],
        ['Created', <RelativeTime key="created" at={environment.createdAt} />],
      ]}
    />
    <p className="mt-3 text-xs text-muted">
      Services pin the configuration key: a snapshot that another key signed, or of another environment, is refused.
    </p>
  </Panel>
)

/** Name, default lifetime and the public parts of an environment. */
export function EnvironmentSettings() {
  const slug = useEnvironment()
  const client = useQueryClient()
  const [epoch, setEpoch] = useState(0)
  const { data, error, refetch } = useQuery(environmentQuery(slug))
  const reload = async () => {
    await client.invalidateQueries({ queryKey: ['environments', slug] })
    setEpoch((count) => count + 1)
  }
  if (data === undefined)
    return error === null ? (
      <SkeletonLines lines={6} />
    ) : (
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
    )
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Panel id="environment" title={data.name} description="Modes, grants, credentials and revisions are its own">
        <EnvironmentForm key={epoch} environment={data} onReload={() => void reload()} />
      </Panel>
      <div className="grid min-w-0 gap-4">
        <Addresses environment={data} />
        <ObjectHistory targetKind="environment" targetId={data.id} />
      </div>
    </div>
  )
}
