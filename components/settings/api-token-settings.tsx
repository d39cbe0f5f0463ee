'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { apiTokensQuery, revokeApiToken } from '#lib/client/api-tokens.ts'
import type { ApiToken } from '#lib/client/object-types.ts'
import { useSession } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { ROLE_WORDS } from './role-words.ts'

const ApiTokenDialog = dynamic(async () => (await import('./api-token-dialog.tsx')).ApiTokenDialog, { ssr: false })

function TokenItem({ token, onRevoke }: { readonly token: ApiToken; readonly onRevoke: () => void }) {
  const { account } = useSession()
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_auto_auto]">
      <div className="min-w-0 max-sm:col-span-2">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{token.name}</span>
          <code className="text-xs text-faint">sgp_…{token.hint}</code>
        </p>
        <p className="text-xs text-muted">
          {token.accountId !== account.id && `of ${token.accountName} · `}created <RelativeTime at={token.createdAt} />{' '}
          · last used <RelativeTime at={token.lastUsedAt} /> · expires <RelativeTime at={token.expiresAt} />
        </p>
      </div>
      <span>
        <Badge title={ROLE_WORDS[token.role].detail}>{ROLE_WORDS[token.role].label}</Badge>
      </span>
      <Button size="sm" variant="danger" onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  )
}

function RevokeDialog({ token, onClose }: { readonly token: ApiToken; readonly onClose: () => void }) {
  const revoke = useMutation(revokeApiToken)
  const confirm = () => {
    revoke.mutate(
      { params: { id: token.id } },
      {
        onSuccess: () => {
          toast.success(`“${token.name}” is revoked`)
          onClose()
        },
      },
    )
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Revoke “${token.name}”?`}
      confirm="Revoke"
      danger
      pending={revoke.isPending}
      problem={revoke.error}
      onConfirm={confirm}
    >
      Whatever uses it is refused from the next request on. This cannot be undone.
    </ConfirmDialog>
  )
}

/** Tokens with which scripts, CI and Terraform do what the console does. */
export function ApiTokenSettings() {
  const { data, error, refetch } = useQuery(apiTokensQuery())
  const [isOpen, setOpen] = useState(false)
  const [revoking, setRevoking] = useState<ApiToken | null>(null)
  const button = (
    <Button
      size="sm"
      icon={Plus}
      onClick={() => {
        setOpen(true)
      }}
    >
      Create API token
    </Button>
  )
  return (
    <Panel
      id="api-tokens"
      title="API tokens"
      description="For scripts, CI and Terraform: whatever the console does, they can do"
      flush
      actions={button}
    >
      {data === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={4} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : data.items.length === 0 ? (
        <EmptyState icon={KeyRound} title="No API token yet" action={button}>
          Send it as <code>Authorization: Bearer sgp_…</code>. The API describes itself at{' '}
          <code>/api/v1/openapi.json</code>.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map((token) => (
            <TokenItem
              key={token.id}
              token={token}
              onRevoke={() => {
                setRevoking(token)
              }}
            />
          ))}
        </ul>
      )}
      {isOpen && (
        <ApiTokenDialog
          onClose={() => {
            setOpen(false)
          }}
        />
      )}
      {revoking !== null && (
        <RevokeDialog
          token={revoking}
          onClose={() => {
            setRevoking(null)
          }}
        />
      )}
    </Panel>
  )
}
