'use client'
import { useMutation } from '@tanstack/react-query'
import { updateIdentitySetting } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { IdentitySettingUpdate } from '#lib/contract/catalog.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'

interface DisableDialogProps {
  readonly identity: IdentityPosture
  readonly onClose: () => void
  readonly onReload: () => void
}

const REASON_MIN = 3

/** Takes an identity out of service, or puts it back. */
export function DisableDialog({ identity: current, onClose, onReload }: DisableDialogProps) {
  const [identity] = usePinned(current)
  const environment = useEnvironment()
  const save = useMutation(updateIdentitySetting)
  const isDisabling = !identity.disabled
  const form = useContractForm(IdentitySettingUpdate, { disabled: isDisabling, reason: '' })
  const reason = form.watch('reason') ?? ''
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) =>
      save.mutateAsync({
        params: { environment, clientId: identity.clientId },
        ifMatch: identity.settingsVersion,
        body: {
          disabled: isDisabling,
          ...(body.reason === undefined || body.reason === '' ? {} : { reason: body.reason }),
        },
      }),
    () => {
      toast.success(
        isDisabling
          ? `${identity.clientId} is disabled in ${environment}`
          : `${identity.clientId} is enabled in ${environment}`,
      )
      onClose()
    },
  )
  return (
    <FormDialog
      title={isDisabling ? `Disable ${identity.clientId}?` : `Enable ${identity.clientId}?`}
      description={
        isDisabling
          ? `It gets no more tokens, and every service denies those it has as soon as it confirms the revision.`
          : 'It may get tokens again, with the credentials and grants it has.'
      }
      submitLabel={isDisabling ? 'Disable' : 'Enable'}
      danger={isDisabling}
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
      onReload={() => {
        onReload()
        onClose()
      }}
      disabledReason={isDisabling && reason.trim().length < REASON_MIN ? 'Say why in a few words' : undefined}
    >
      <TextField
        label="Reason"
        optional={!isDisabling}
        required={isDisabling}
        hint="Kept in the audit log."
        error={form.formState.errors.reason?.message}
        {...form.register('reason')}
      />
    </FormDialog>
  )
}
