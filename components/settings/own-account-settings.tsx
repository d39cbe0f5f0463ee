'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import dynamic from 'next/dynamic'
import { revokeSession, sessionsQuery } from '#lib/client/session.ts'
import type { Session } from '#lib/client/object-types.ts'
import { useSession } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { KeyValues } from '../ui/key-values.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'
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

const PasswordForm = dynamic(async () => (await import('./password-form.tsx')).PasswordForm, {
  ssr: false,
  loading: () => <Skeleton className="h-72" />,
})

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
        <PasswordForm />
      </div>
      <Sessions />
    </div>
  )
}
