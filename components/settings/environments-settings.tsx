'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import { useState } from 'react'
import { createEnvironment, environmentsQuery } from '#lib/client/environments.ts'
import { EnvironmentCreate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { LifetimeField } from '../forms/lifetime-field.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { toSlug } from '../services/to-slug.ts'
import { toEnvironmentPath, useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { toDuration } from '../ui/words.ts'

function EnvironmentDialog({ onClose }: { readonly onClose: () => void }) {
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

/** Every environment, and a way to a new one. */
export function EnvironmentsSettings() {
  const current = useEnvironment()
  const gate = useRoleGate('administrator')
  const [isOpen, setOpen] = useState(false)
  const { data, error, refetch } = useQuery(environmentsQuery())
  return (
    <Panel
      id="environments"
      title="Environments"
      description="Each is one trust domain with keys of its own"
      flush
      actions={
        <Button
          size="sm"
          icon={Plus}
          onClick={() => {
            setOpen(true)
          }}
          {...gate}
        >
          Create environment
        </Button>
      }
    >
      {data === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={3} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map(({ id, slug, name, revision, defaultTokenLifetimeSeconds, issuer }) => (
            <li key={id}>
              <Link
                href={toEnvironmentPath(slug, '/settings')}
                className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2.5 hover:bg-hover"
              >
                <span className="font-medium">{name}</span>
                <code className="text-xs text-faint">{slug}</code>
                {slug === current && <Badge>This one</Badge>}
                <span className="ml-auto text-xs text-muted tabular-nums">
                  revision {revision} · tokens live {toDuration(defaultTokenLifetimeSeconds)}
                </span>
                <code className="w-full text-xs break-all text-muted">{issuer}</code>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {isOpen && (
        <EnvironmentDialog
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
    </Panel>
  )
}
