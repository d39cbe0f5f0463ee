'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { changePassword, revokeSession, sessionsQuery } from '#lib/client/session.ts'
import type { Session } from '#lib/client/object-types.ts'
import { PasswordChange } from '#lib/contract/people.ts'
import { useContractSubmit } from '../forms/use-contract-submit.ts'
import { WriteProblem } from '../forms/write-problem.tsx'
import { useSession } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { useContractForm } from '../ui/contract-form.ts'
import { TextField } from '../ui/field.tsx'
import { KeyValues } from '../ui/key-values.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { describeBrowser } from './describe-browser.ts'
import { ROLE_WORDS } from './role-words.ts'

function SessionItem({ session }: { readonly session: Session }) {
  const revoke = useMutation(revokeSession)
  const end = () => {
    revoke.mutate(
      { params: { id: session.id } },
      {
        onSuccess: () => toast.success('The session is ended'),
        onError: ({ title, message }) => toast.error(title, { description: message }),
      },
    )
  }
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
      <MonitorSmartphone aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 font-medium">
          <span title={session.userAgent}>{describeBrowser(session.userAgent)}</span>
          {session.current && <Badge tone="enforce">This one</Badge>}
        </p>
        <p className="text-xs text-muted">
          <code>{session.address}</code> · signed in <RelativeTime at={session.createdAt} /> · last seen{' '}
          <RelativeTime at={session.lastSeenAt} /> · ends <RelativeTime at={session.expiresAt} />
        </p>
      </div>
      {!session.current && (
        <Button size="sm" pending={revoke.isPending} onClick={end}>
          End
        </Button>
      )}
    </li>
  )
}

function Sessions() {
  const { data, error, refetch } = useQuery(sessionsQuery())
  return (
    <Panel
      id="sessions"
      title="Sessions"
      description="Where you are signed in. End those you do not recognise, then change your password"
      flush
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
          {data.items.map((session) => (
            <SessionItem key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Password() {
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

/** Who one is here, and where one is signed in. */
export function OwnAccountSettings() {
  const { account, role } = useSession()
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <div className="grid gap-4">
        <Panel id="you" title={account.name}>
          <KeyValues
            items={[
              ['E-mail', account.email],
              ['Role', `${ROLE_WORDS[role].label}: ${ROLE_WORDS[role].detail}`],
              ['Since', <RelativeTime key="since" at={account.createdAt} />],
            ]}
          />
        </Panel>
        <Password />
      </div>
      <Sessions />
    </div>
  )
}
