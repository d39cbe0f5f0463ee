'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { createApiToken } from '#lib/client/api-tokens.ts'
import type { ApiTokenIssued } from '#lib/client/object-types.ts'
import { ApiTokenCreate } from '#lib/contract/people.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { remindToKeep } from '../forms/remind-to-keep.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useSession } from '../shell/session-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { SecretOnce } from '../ui/secret-once.tsx'
import { ROLE_OPTIONS, ROLE_ORDER, toRoleDetail } from './role-words.ts'

const EXPIRY_OPTIONS = [
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
]

export function ApiTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [issued, setIssued] = useState<ApiTokenIssued | null>(null)
  if (issued === null) return <CreateDialog onIssued={setIssued} onClose={onClose} />
  return (
    <Dialog open onOpenChange={remindToKeep} title={`API token “${issued.apiToken.name}”`}>
      <SecretOnce what="API token" secret={issued.token} onDone={onClose} />
    </Dialog>
  )
}

function CreateDialog({
  onIssued,
  onClose,
}: {
  readonly onIssued: (issued: ApiTokenIssued) => void
  readonly onClose: () => void
}) {
  const { role } = useSession()
  const create = useMutation(createApiToken)
  const form = useContractForm(ApiTokenCreate, { name: '', role: 'viewer', expiresInDays: 90 })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(form, (body) => create.mutateAsync({ body }), onIssued)
  const options = ROLE_OPTIONS.filter(({ value }) => ROLE_ORDER.indexOf(value) <= ROLE_ORDER.indexOf(role))
  return (
    <FormDialog
      title="Create an API token"
      description="It acts in your name, never with more than your own role at the time."
      submitLabel="Create"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        required
        placeholder="Terraform"
        hint="What uses it."
        error={errors.name?.message}
        {...form.register('name')}
      />
      <SelectField
        label="Role"
        options={options}
        hint={toRoleDetail(form.watch('role'))}
        error={errors.role?.message}
        {...form.register('role')}
      />
      <SelectField
        label="Expires"
        options={EXPIRY_OPTIONS}
        error={errors.expiresInDays?.message}
        {...form.register('expiresInDays', { valueAsNumber: true })}
      />
    </FormDialog>
  )
}
