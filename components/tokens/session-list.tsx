'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { endTokenSession, tokenSessionsQuery } from '#lib/client/tokens.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/panel.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toast } from '../ui/toast.ts'
import { SESSION_WORDS, type TokenSession } from './token-words.ts'

function SessionItem({ session }: { readonly session: TokenSession }) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const end = useMutation(endTokenSession)
  const { state, audience, subject, scopes, createdAt, lastUsedAt, endsAt } = session
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-2">
          <code>{audience}</code>
          {subject !== null && <span className="text-muted">for {subject}</span>}
          <Badge tone={SESSION_WORDS[state].tone}>{SESSION_WORDS[state].label}</Badge>
        </span>
        <code className="text-xs break-words text-muted">{scopes.join(' ')}</code>
        <span className="text-xs text-muted">
          begun <RelativeTime at={createdAt} />, last used <RelativeTime at={lastUsedAt} />, ends{' '}
          <RelativeTime at={endsAt} />
        </span>
        {state === 'reused' && (
          <p role="note" className="mt-1 rounded-lg bg-denied-tint px-3 py-2 text-denied">
            One of its refresh tokens came a second time, so two programs had it. The session was ended: neither can go
            on. Find out where the token was kept.
          </p>
        )}
      </div>
      {state === 'live' && (
        <Button
          size="sm"
          variant="danger"
          pending={end.isPending}
          onClick={() => {
            end.mutate(
              { params: { environment, id: session.id } },
              {
                onSuccess: () =>
                  toast.success('The session is ended', {
                    description: 'Its last access token lives until it expires.',
                  }),
                onError: ({ title, message }) => toast.error(title, { description: message }),
              },
            )
          }}
          {...gate}
        >
          End
        </Button>
      )}
    </li>
  )
}

/** Sessions that refresh tokens of an identity carry on; nothing where it never had one. */
export function SessionList({ clientId }: { readonly clientId: string }) {
  const environment = useEnvironment()
  const { data } = useQuery(tokenSessionsQuery(environment, clientId))
  if (data === undefined || data.items.length === 0) return null
  return (
    <Panel id="sessions" title="Sessions" description="Carried on by refresh tokens, each good once" flush>
      <ul className="divide-y divide-line">
        {data.items.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
    </Panel>
  )
}
