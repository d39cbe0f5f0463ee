'use client'
import { useMutation } from '@tanstack/react-query'
import { inviteAccount, updateAccount } from '#lib/client/accounts.ts'
import type { Account, AccountInvitation } from '#lib/client/object-types.ts'
import { AccountCreate, AccountUpdate } from '#lib/contract/people.ts'
import { FormDialog } from '../forms/form-dialog.tsx'
import { remindToKeep } from '../forms/remind-to-keep.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { usePinned } from '../forms/use-pinned.ts'
import { Button } from '../ui/button.tsx'
import { CodeBlock } from '../ui/code-block.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toast.ts'
import { ROLE_OPTIONS, toRoleDetail } from './role-words.ts'

interface InviteDialogProps {
  readonly onClose: () => void
  readonly onInvited: (invitation: AccountInvitation) => void
}

export function InviteDialog({ onClose, onInvited }: InviteDialogProps) {
  const invite = useMutation(inviteAccount)
  const form = useContractForm(AccountCreate, { email: '', name: '', role: 'viewer' })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(form, (body) => invite.mutateAsync({ body }), onInvited)
  return (
    <FormDialog
      title="Invite somebody"
      description="You get a one-time link to hand over; with it the person chooses a password."
      submitLabel="Invite"
      isPending={isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label="E-mail" required type="email" error={errors.email?.message} {...form.register('email')} />
      <TextField label="Name" required error={errors.name?.message} {...form.register('name')} />
      <SelectField
        label="Role"
        options={ROLE_OPTIONS}
        hint={toRoleDetail(form.watch('role'))}
        error={errors.role?.message}
        {...form.register('role')}
      />
    </FormDialog>
  )
}

interface AccountDialogProps {
  readonly account: Account
  readonly onClose: () => void
  readonly onReload: () => void
}

export function AccountDialog({ account: current, onClose, onReload }: AccountDialogProps) {
  const [account] = usePinned(current)
  const save = useMutation(updateAccount)
  const form = useContractForm(AccountUpdate, { name: account.name, role: account.role })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => save.mutateAsync({ params: { id: account.id }, ifMatch: account.version, body }),
    ({ name }) => {
      toast.success(`${name} is saved`)
      onClose()
    },
  )
  return (
    <FormDialog
      title={account.email}
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
      <TextField label="Name" required error={errors.name?.message} {...form.register('name')} />
      <SelectField
        label="Role"
        options={ROLE_OPTIONS}
        hint={toRoleDetail(form.watch('role') ?? '')}
        error={errors.role?.message}
        {...form.register('role')}
      />
    </FormDialog>
  )
}

interface InvitationDialogProps {
  readonly invitation: AccountInvitation
  readonly onClose: () => void
}

/** The link is shown once. */
export const InvitationDialog = ({ invitation: { account, setupUrl }, onClose }: InvitationDialogProps) => (
  <Dialog
    open
    onOpenChange={remindToKeep}
    title={`One-time link for ${account.name}`}
    description={`Hand it to ${account.email} yourself. It is shown once, works once, and for 72 hours.`}
    footer={
      <Button variant="primary" onClick={onClose}>
        I have handed it over
      </Button>
    }
  >
    <CodeBlock label="one-time link" code={setupUrl} />
  </Dialog>
)
