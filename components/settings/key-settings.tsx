'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { SigningKey } from '#lib/client/object-types.ts'
import { rotateSigningKey, signingKeysQuery } from '#lib/client/signing-keys.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge, type Tone } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { toPlural } from '../ui/words.ts'

const RevokeTokenDialog = dynamic(async () => (await import('./revoke-token-dialog.tsx')).RevokeTokenDialog, {
  ssr: false,
})

const RevokeKeyDialog = dynamic(async () => (await import('./revoke-key-dialog.tsx')).RevokeKeyDialog, { ssr: false })

type Purpose = SigningKey['purpose']

const PURPOSES: readonly {
  readonly purpose: Purpose
  readonly title: string
  readonly description: string
  readonly consequence: string
  /** Said besides, when a previous key is still in use. */
  readonly withdrawal?: string
  readonly meanings: Readonly<Record<SigningKey['status'], string>>
}[] = [
  {
    purpose: 'token',
    title: 'Keys that sign access tokens',
    description: 'Services receive all but the revoked ones with their configuration',
    consequence:
      'New tokens are signed with the next key, which every service has already. The present key stays valid until the tokens it signed have expired. No caller notices.',
    meanings: {
      next: 'Every service knows it already, so that a rotation surprises nobody.',
      current: 'Signs every new token.',
      previous: 'Signs no more; tokens it signed are accepted until they expire.',
      revoked: 'Tokens it signed are refused.',
    },
  },
  {
    purpose: 'snapshot',
    title: 'Keys that sign configurations',
    description: 'Services pin one of them as STEPGATE_CONFIG_KEY',
    consequence:
      'A new key signs from now on, and the present one beside it until the following rotation. Before that one, give every service the new STEPGATE_CONFIG_KEY; both may be pinned at once, separated by a comma.',
    withdrawal:
      'The previous key is withdrawn now. A service that pins it alone refuses every configuration from then on, and keeps deciding by the last one it has.',
    meanings: {
      next: 'Signs after the next rotation.',
      current: 'Signs every configuration: the one to pin.',
      previous: 'Signs beside the current one, for services that still pin it, until the following rotation.',
      revoked: 'Signs no more; a service that pins it alone refuses every configuration.',
    },
  },
]

const STATUS: Readonly<Record<SigningKey['status'], { readonly label: string; readonly tone: Tone }>> = {
  next: { label: 'Next', tone: 'neutral' },
  current: { label: 'Current', tone: 'enforce' },
  previous: { label: 'Previous', tone: 'outline' },
  revoked: { label: 'Revoked', tone: 'denied' },
}

const KeyItem = ({
  signingKey: { status, keyId, publicKey, createdAt, statusAt },
  meaning,
  onRevoke,
}: {
  readonly signingKey: SigningKey
  readonly meaning: string
  readonly onRevoke: () => void
}) => (
  <li className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[6rem_minmax(0,1fr)_auto] sm:items-center">
    <span className="sm:row-span-2 sm:self-start">
      <Badge tone={STATUS[status].tone}>{STATUS[status].label}</Badge>
    </span>
    <span className="flex min-w-0 items-center gap-1">
      <code className="truncate text-xs" title={publicKey}>
        {publicKey}
      </code>
      <CopyButton text={publicKey} what="public key" />
    </span>
    <span className="text-xs text-muted">
      since <RelativeTime at={statusAt} />, made <RelativeTime at={createdAt} />
      <span className="sr-only">, key id {keyId}</span>
    </span>
    <p className="text-xs text-muted">{meaning}</p>
    {status !== 'revoked' && <RevokeButton keyId={keyId} onRevoke={onRevoke} />}
  </li>
)

function RevokeButton({ keyId, onRevoke }: { readonly keyId: string; readonly onRevoke: () => void }) {
  const gate = useRoleGate('administrator')
  return (
    <Button
      size="sm"
      variant="ghost"
      className="justify-self-start max-sm:-ml-2 sm:-mr-2 sm:justify-self-end"
      aria-label={`Revoke the key ${keyId.slice(0, 8)}`}
      onClick={onRevoke}
      {...gate}
    >
      Revoke
    </Button>
  )
}

function Keys({
  purpose,
  title,
  description,
  consequence,
  withdrawal,
  meanings,
  keys,
}: (typeof PURPOSES)[number] & { readonly keys: readonly SigningKey[] }) {
  const environment = useEnvironment()
  const gate = useRoleGate('administrator')
  const [isOpen, setOpen] = useState(false)
  const [revoking, setRevoking] = useState<SigningKey | null>(null)
  const rotate = useMutation(rotateSigningKey)
  const withdrawn = keys.some(({ status }) => status === 'previous') ? withdrawal : undefined
  const confirm = () => {
    rotate.mutate(
      { params: { environment }, body: { purpose } },
      {
        onSuccess: () => {
          setOpen(false)
          toast.success(
            purpose === 'token'
              ? 'The next key signs from now on'
              : 'A new key signs from now on, the one before beside it',
          )
        },
      },
    )
  }
  return (
    <Panel
      id={`keys-${purpose}`}
      title={title}
      description={description}
      flush
      actions={
        <Button
          size="sm"
          icon={RotateCw}
          onClick={() => {
            setOpen(true)
          }}
          {...gate}
        >
          Rotate
        </Button>
      }
    >
      <ul className="divide-y divide-line">
        {keys.map((signingKey) => (
          <KeyItem
            key={signingKey.id}
            signingKey={signingKey}
            meaning={meanings[signingKey.status]}
            onRevoke={() => {
              setRevoking(signingKey)
            }}
          />
        ))}
      </ul>
      {revoking !== null && (
        <RevokeKeyDialog
          signingKey={revoking}
          onClose={() => {
            setRevoking(null)
          }}
        />
      )}
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={purpose === 'token' ? 'Rotate to the next key?' : 'Rotate to a new key?'}
        confirm="Rotate"
        danger={withdrawn !== undefined}
        pending={rotate.isPending}
        problem={rotate.error}
        onConfirm={confirm}
      >
        <p>{consequence}</p>
        {withdrawn !== undefined && (
          <p role="note" className="mt-3 rounded-lg bg-denied-tint px-3 py-2 text-denied">
            {withdrawn}
          </p>
        )}
      </ConfirmDialog>
    </Panel>
  )
}

/** While the secret is being changed. */
function EncryptionNote({ signingKeys }: { readonly signingKeys: readonly SigningKey[] }) {
  const waiting = signingKeys.filter(({ underPresentSecret }) => underPresentSecret === false).length
  if (waiting === 0) return null
  return (
    <p role="status" className="rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
      {toPlural(waiting, 'key')} of {signingKeys.length} {waiting === 1 ? 'is' : 'are'} still encrypted under another
      secret than the present one. The worker changes that within a minute; keep STEPGATE_SECRET_PREVIOUS until then.
    </p>
  )
}

/** What signs tokens and configurations in this environment, public parts. */
export function KeySettings() {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const [isRevoking, setRevoking] = useState(false)
  const { data, error, refetch } = useQuery(signingKeysQuery(environment))
  if (data === undefined)
    return error === null ? (
      <SkeletonLines lines={6} />
    ) : (
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
    )
  return (
    <div className="grid gap-4">
      <EncryptionNote signingKeys={data.items} />
      {PURPOSES.map((each) => (
        <Keys key={each.purpose} {...each} keys={data.items.filter(({ purpose }) => purpose === each.purpose)} />
      ))}
      <Panel id="revocation" title="Revoke one access token" description="By its jti, as single decisions show it">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-xl text-muted">
            Services deny it as soon as they confirm the revision, until it would have expired. To stop a caller
            altogether, disable its identity.
          </p>
          <Button
            variant="danger"
            onClick={() => {
              setRevoking(true)
            }}
            {...gate}
          >
            Revoke a token
          </Button>
        </div>
      </Panel>
      {isRevoking && (
        <RevokeTokenDialog
          onClose={() => {
            setRevoking(false)
          }}
        />
      )}
    </div>
  )
}
