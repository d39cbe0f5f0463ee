'use client'
import { useMutation } from '@tanstack/react-query'
import type { SigningKey } from '#lib/client/object-types.ts'
import { revokeSigningKey } from '#lib/client/signing-keys.ts'
import { SigningKeyRevoke } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

const CONSEQUENCES: Readonly<Record<SigningKey['purpose'], string>> = {
  token:
    'Every token it signed is refused as soon as the instances confirm the revision: callers ask for new ones at their next request, people sign in again where theirs were exchanged.',
  snapshot:
    'A service that pins this key alone takes no configuration from now on, and keeps deciding by the last one it has until it is given the new STEPGATE_CONFIG_KEY.',
}

/** For a key that somebody else may have; rotating is for the others. */
export function RevokeKeyDialog({
  signingKey,
  onClose,
}: {
  readonly signingKey: SigningKey
  readonly onClose: () => void
}) {
  const environment = useEnvironment()
  const revoke = useMutation(revokeSigningKey)
  const form = useContractForm(SigningKeyRevoke, { reason: '' })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => revoke.mutateAsync({ params: { environment, id: signingKey.id }, body }),
    () => {
      toast.success('The key is revoked', { description: 'The next one signs from now on.' })
      onClose()
    },
  )
  return (
    <FormDialog
      title={`Revoke the key ${signingKey.keyId.slice(0, 8)}…?`}
      description="For an emergency: when somebody else may have it. To change keys as a habit, rotate."
      submitLabel="Revoke the key"
      danger
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <p role="note" className="rounded-lg bg-denied-tint px-3 py-2 text-denied">
        {CONSEQUENCES[signingKey.purpose]}
      </p>
      <TextField
        label="Reason"
        required
        hint="Kept in the audit log."
        error={errors.reason?.message}
        {...form.register('reason')}
      />
    </FormDialog>
  )
}
