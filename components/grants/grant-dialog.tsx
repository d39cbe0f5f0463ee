'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Controller } from 'react-hook-form'
import { createGrant } from '#lib/client/grants.ts'
import { identitiesQuery } from '#lib/client/identities.ts'
import { scopesQuery } from '#lib/client/scopes.ts'
import { GrantCreate } from '#lib/contract/catalog.ts'
import { WhatChanges } from '../evidence/what-changes.tsx'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Combobox } from '../ui/combobox.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { Field, SelectField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

interface GrantDialogProps {
  /** The identity or the scope that the page is about. */
  readonly clientId?: string
  readonly scopeId?: string
  /** Only scopes of this service are offered. */
  readonly service?: string
  readonly onClose: () => void
}

const DAY_MS = 86_400_000
const EXPIRY_OPTIONS = [
  { value: '', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

const toExpiry = (days: unknown): string | null =>
  days === '' || days === null || days === undefined ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString()

function useChoices({ clientId, scopeId, service }: GrantDialogProps) {
  const environment = useEnvironment()
  const identities = useQuery({ ...identitiesQuery(environment), enabled: clientId === undefined })
  const scopes = useQuery({ ...scopesQuery(environment, service), enabled: scopeId === undefined })
  const holds = (holders: readonly { readonly clientId: string }[]) =>
    clientId !== undefined && holders.some((holder) => holder.clientId === clientId)
  return {
    identities: (identities.data?.items ?? []).map(({ clientId: value, name, kind }) => ({
      value,
      label: value === name ? value : `${value} (${name})`,
      hint: kind,
    })),
    scopes: (scopes.data?.items ?? [])
      .filter(({ holders }) => !holds(holders))
      .map(({ id, name, serviceSlug }) => ({ value: id, label: name, hint: serviceSlug })),
  }
}

/** Grants a scope to an identity, for good or for a while. */
export function GrantDialog(props: GrantDialogProps) {
  const { clientId, scopeId, onClose } = props
  const environment = useEnvironment()
  const create = useMutation(createGrant)
  const choices = useChoices(props)
  const form = useContractForm(GrantCreate, {
    clientId: clientId ?? '',
    scopeId: scopeId ?? '',
    expiresAt: null,
    note: '',
  })
  const { errors } = form.formState
  const [chosenIdentity, chosenScope] = form.watch(['clientId', 'scopeId'])
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => create.mutateAsync({ params: { environment }, body }),
    (grant) => {
      toast.success(`${grant.clientId} holds ${grant.scope} now`, { description: 'Its next tokens carry the scope.' })
      onClose()
    },
  )
  return (
    <FormDialog
      title="Grant a scope"
      description={
        clientId === undefined ? 'To an identity, in this environment.' : `To ${clientId}, in this environment.`
      }
      submitLabel="Grant"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      {clientId === undefined && (
        <Controller
          control={form.control}
          name="clientId"
          render={({ field }) => (
            <Field label="Identity" error={errors.clientId && 'choose an identity'}>
              {(control) => (
                <Combobox
                  {...control}
                  label="Identity"
                  options={choices.identities}
                  value={field.value === '' ? null : field.value}
                  onChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
      )}
      {scopeId === undefined && (
        <Controller
          control={form.control}
          name="scopeId"
          render={({ field }) => (
            <Field label="Scope" error={errors.scopeId && 'choose a scope'}>
              {(control) => (
                <Combobox
                  {...control}
                  label="Scope"
                  options={choices.scopes}
                  value={field.value === '' ? null : field.value}
                  onChange={field.onChange}
                />
              )}
            </Field>
          )}
        />
      )}
      <SelectField
        label="Expires"
        options={EXPIRY_OPTIONS}
        error={errors.expiresAt?.message}
        {...form.register('expiresAt', { setValueAs: toExpiry })}
      />
      <TextField
        label="Note"
        optional
        hint="Why it is needed; shown beside the grant."
        error={errors.note?.message}
        {...form.register('note')}
      />
      <WhatChanges
        draft={
          chosenIdentity === '' || chosenScope === ''
            ? null
            : { kind: 'grants', added: [{ clientId: chosenIdentity, scopeId: chosenScope }] }
        }
        idle="Choose an identity and a scope to see what it opens."
      />
    </FormDialog>
  )
}
