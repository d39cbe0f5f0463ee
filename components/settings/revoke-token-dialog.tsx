'use client'
import { useMutation } from '@tanstack/react-query'
import { revokeToken } from '#lib/client/signing-keys.ts'
import { TokenRevoke } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

export function RevokeTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const environment = useEnvironment()
  const revoke = useMutation(revokeToken)
  const form = useContractForm(TokenRevoke, { tokenId: '', reason: '' })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => revoke.mutateAsync({ params: { environment }, body }),
    ({ revision }) => {
      toast.success(
        'The token is revoked',
        revision === null ? {} : { description: `Revision ${String(revision)} is published.` },
      )
      onClose()
    },
  )
  return (
    <FormDialog
      title="Revoke an access token"
      submitLabel="Revoke"
      danger
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Token id (jti)"
        required
        className="font-mono"
        error={errors.tokenId?.message}
        {...form.register('tokenId')}
      />
      <TextField
        label="Reason"
        hint="Kept in the audit log."
        error={errors.reason?.message}
        {...form.register('reason')}
      />
    </FormDialog>
  )
}
