'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ChevronDown, KeyRound, Plus, RefreshCw, TriangleAlert } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { credentialsQuery, revokeCredential } from '#lib/client/credentials.ts'
import type { Credential } from '#lib/client/object-types.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { CREDENTIAL_KINDS } from '#lib/policy/vocabulary.ts'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { toPlural } from '../ui/words.ts'
import { CREDENTIAL_VARIANTS, KIND_ICONS, KIND_WORDS, type CredentialVariant } from './credential-variants.ts'

const RotationDialog = dynamic(async () => (await import('./rotation-dialog.tsx')).RotationDialog, { ssr: false })
const CredentialDialog = dynamic(async () => (await import('./credential-dialog.tsx')).CredentialDialog, { ssr: false })

interface CredentialListProps {
  readonly clientId: string
  readonly isService: boolean
}

const STATE_TONES = { live: 'enforce', expired: 'outline', revoked: 'outline' } as const
const STATE_WORDS: Readonly<Record<Credential['state'], string>> = {
  live: 'Live',
  expired: 'Expired',
  revoked: 'Revoked',
}

const workloadsOf = ({ uses }: Credential): string[] => [...new Set(uses.map(({ workload }) => workload))]

function Uses({ credential }: { readonly credential: Credential }) {
  const { uses } = credential
  const workloads = workloadsOf(credential)
  if (uses.length === 0) return <p className="text-muted">Never used.</p>
  return (
    <div className="flex flex-col gap-2">
      {workloads.length > 1 && (
        <p role="note" className="flex gap-2 rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>
            {toPlural(workloads.length, 'workload')} use this credential: {workloads.join(', ')}. A denial or a
            revocation hits all of them, and the record cannot tell them apart.
          </span>
        </p>
      )}
      <ul className="grid gap-x-4 gap-y-0.5 text-xs text-muted">
        {uses.map(({ workload, address, lastAt, count }) => (
          <li key={`${workload} ${address}`} className="flex flex-wrap gap-x-2">
            <span className="font-medium text-text">{workload}</span>
            <span className="font-mono">{address}</span>
            <span className="tabular-nums">
              {toPlural(count, 'token')}, last <RelativeTime at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Networks({ networks }: Pick<Credential, 'networks'>) {
  if (networks.length === 0) return null
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-xs text-muted">
      <p>Used from</p>
      <ul aria-label="Networks it was used from" className="contents">
        {networks.map(({ network, noticedAt, lastAt }) => (
          <li key={network} className="inline-flex flex-wrap items-center gap-1.5">
            <span className="font-mono text-text">{network}</span>
            {noticedAt !== null && (
              <Badge tone="log-only">
                new <RelativeTime at={noticedAt} />
              </Badge>
            )}
            <span>
              last <RelativeTime at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

interface CredentialItemProps {
  readonly credential: Credential
  /** A younger one is live: this one is on its way out. */
  readonly isSucceeded: boolean
  readonly onRotate: () => void
  readonly onRevoke: () => void
}

function CredentialItem({ credential, isSucceeded, onRotate, onRevoke }: CredentialItemProps) {
  const gate = useRoleGate('operator')
  const { kind, name, hint, state, createdAt, createdBy, expiresAt, revokedAt, lastUsedAt } = credential
  const Icon = KIND_ICONS[kind]
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Icon aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
        <span className={state === 'live' ? 'font-medium' : 'font-medium text-muted'}>{name}</span>
        <span className="text-xs text-muted">{KIND_WORDS[kind]}</span>
        <code className="text-xs text-faint">
          {kind === 'client-secret' ? `…${hint}` : kind === 'public-key' ? `${hint}…` : hint}
        </code>
        <Badge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</Badge>
        {state === 'live' && (
          <span className="ml-auto flex gap-2">
            <Button size="sm" icon={RefreshCw} onClick={onRotate} {...gate}>
              {isSucceeded ? 'Go on rotating' : 'Rotate'}
            </Button>
            <Button size="sm" variant="danger" onClick={onRevoke} {...gate}>
              Revoke
            </Button>
          </span>
        )}
      </div>
      <p className="text-xs text-muted">
        Created by {createdBy}, <RelativeTime at={createdAt} /> · last used <RelativeTime at={lastUsedAt} />
        {expiresAt !== null && (
          <>
            {' '}
            · expires <RelativeTime at={expiresAt} />
          </>
        )}
        {revokedAt !== null && (
          <>
            {' '}
            · revoked <RelativeTime at={revokedAt} />
          </>
        )}
      </p>
      {state === 'live' && <Uses credential={credential} />}
      {state === 'live' && <Networks networks={credential.networks} />}
    </li>
  )
}

function RevokeDialog({ credential, onClose }: { readonly credential: Credential; readonly onClose: () => void }) {
  const environment = useEnvironment()
  const revoke = useMutation(revokeCredential)
  const confirm = () => {
    revoke.mutate(
      { params: { environment, id: credential.id } },
      {
        onSuccess: () => {
          toast.success(`“${credential.name}” is revoked`)
          onClose()
        },
      },
    )
  }
  const workloads = workloadsOf(credential)
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Revoke “${credential.name}”?`}
      confirm="Revoke"
      danger
      pending={revoke.isPending}
      problem={revoke.error}
      onConfirm={confirm}
    >
      It gets no new tokens from now on; those it has live until they expire.{' '}
      {workloads.length > 0 && `Used by ${workloads.join(', ')}.`} This cannot be undone.
    </ConfirmDialog>
  )
}

const RotationHint = ({ live }: { readonly live: number }) =>
  live < 2 ? null : (
    <p role="note" className="border-b border-line bg-sunken px-4 py-2 text-muted">
      {live} credentials are live at once, as while rotating. Go on at the old one: it says which programs still use it,
      and when it can be revoked.
    </p>
  )

/** The gateway refuses a third live one of a kind. */
const LIVE_MAX = 2
const FULL_REASON = 'Two are live already: revoke the one that is out of use first'

const VARIANTS = Object.keys(CREDENTIAL_VARIANTS) as CredentialVariant[] // the keys of a literal

const NewCredential = ({
  onNew,
  full,
  disabledReason,
}: {
  readonly onNew: (variant: CredentialVariant) => void
  /** Kinds of which no more may be live. */
  readonly full: readonly Credential['kind'][]
  readonly disabledReason?: string
}) =>
  disabledReason === undefined ? (
    <Menu
      trigger={
        <Button size="sm" icon={Plus}>
          New credential
          <ChevronDown aria-hidden className="size-3.5 text-faint" />
        </Button>
      }
    >
      {VARIANTS.map((variant) => {
        const { kind, icon, name } = CREDENTIAL_VARIANTS[variant]
        return (
          <MenuItem
            key={variant}
            icon={icon}
            onSelect={() => {
              onNew(variant)
            }}
            {...(full.includes(kind) ? { disabledReason: FULL_REASON } : {})}
          >
            {name}
          </MenuItem>
        )
      })}
    </Menu>
  ) : (
    <Button size="sm" icon={Plus} disabledReason={disabledReason}>
      New credential
    </Button>
  )

/** What proves an identity in this environment, and which programs use it. */
export function CredentialList({ clientId, isService }: CredentialListProps) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const { data, error, refetch } = useQuery(credentialsQuery(environment, clientId))
  const [creating, setCreating] = useState<CredentialVariant | null>(null)
  const [revoking, setRevoking] = useState<Credential | null>(null)
  const [rotatingId, setRotatingId] = useState<string | null>(null)
  const live = data?.items.filter(({ state }) => state === 'live') ?? []
  const full = CREDENTIAL_KINDS.filter((each) => live.filter(({ kind }) => kind === each).length >= LIVE_MAX)
  return (
    <Panel
      id="credentials"
      title="Credentials"
      description={`What proves ${clientId} in this environment. Two may be live while rotating`}
      flush
      actions={<NewCredential onNew={setCreating} full={full} {...gate} />}
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
        <EmptyState
          icon={KeyRound}
          title="No credential yet"
          action={
            <Button
              variant="primary"
              onClick={() => {
                setCreating('client-secret')
              }}
              {...gate}
            >
              Create a client secret
            </Button>
          }
        >
          Without one {clientId} gets no token{isService ? ' and its instances no configuration' : ''}. A client secret
          is shown once; with a public key, a certificate or the platform’s own tokens nothing secret is handed over.
        </EmptyState>
      ) : (
        <>
          <RotationHint live={live.length} />
          <ul className="divide-y divide-line">
            {data.items.map((credential) => (
              <CredentialItem
                key={credential.id}
                credential={credential}
                isSucceeded={live.some(({ createdAt }) => createdAt > credential.createdAt)}
                onRotate={() => {
                  setRotatingId(credential.id)
                }}
                onRevoke={() => {
                  setRevoking(credential)
                }}
              />
            ))}
          </ul>
        </>
      )}
      {creating !== null && (
        <CredentialDialog
          clientId={clientId}
          variant={creating}
          isService={isService}
          onClose={() => {
            setCreating(null)
          }}
        />
      )}
      {rotatingId !== null && (
        <RotationDialog
          clientId={clientId}
          isService={isService}
          oldId={rotatingId}
          full={full}
          onClose={() => {
            setRotatingId(null)
          }}
        />
      )}
      {revoking !== null && (
        <RevokeDialog
          credential={revoking}
          onClose={() => {
            setRevoking(null)
          }}
        />
      )}
    </Panel>
  )
}
