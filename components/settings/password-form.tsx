'use client'
import { useMutation } from '@tanstack/react-query'
import { changePassword } from '#lib/client/session.ts'
import { PasswordChange } from '#lib/contract/people.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useSession } from '../shell/session-context.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { Panel } from '../ui/panel.tsx'
import { toast } from '../ui/toast.ts'

export function PasswordForm() {
  const { account } = useSession()
  const change = useMutation(changePassword)
  const form = useContractForm(PasswordChange, { currentPassword: '', newPassword: '' })
  const { errors } = form.formState
  const { submit, problem, isPending } = useContractSubmit(
    form,
    (body) => change.mutateAsync({ body }),
    () => {
      form.reset()
      toast.success('The password is changed', { description: 'Your other sessions are ended.' })
    },
  )
  if (account.signIn === 'oidc')
    return (
      <Panel id="password" title="Password">
        <p className="text-muted">You sign in through your identity provider; the password is kept there.</p>
      </Panel>
    )
  return (
    <Panel id="password" title="Password" description="Changing it ends your other sessions">
      <form noValidate onSubmit={submit} className="flex max-w-sm flex-col gap-4">
        <input type="text" name="username" autoComplete="username" value={account.email} readOnly hidden />
        <TextField
          label="Present password"
          type="password"
          autoComplete="current-password"
          required
          error={errors.currentPassword?.message}
          {...form.register('currentPassword')}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          hint="At least 12 characters."
          error={errors.newPassword?.message}
          {...form.register('newPassword')}
        />
        <WriteProblem problem={problem} />
        <Button type="submit" variant="primary" className="self-start" pending={isPending}>
          Change password
        </Button>
      </form>
    </Panel>
  )
}
