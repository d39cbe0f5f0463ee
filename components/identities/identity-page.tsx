'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Ban, Pencil, Play, Trash2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Link } from '../ui/link.tsx'
import { notFound } from 'next/navigation'
import { useState } from 'react'
import { identityQuery } from '#lib/client/identities.ts'
import type { IdentityPosture } from '#lib/client/object-types.ts'
import { CredentialList } from '../credentials/credential-list.tsx'
import { DeviceList } from '../devices/device-list.tsx'
import { GrantList } from '../grants/grant-list.tsx'
import { ObjectHistory } from '../history/object-history.tsx'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { MenuItem } from '../ui/menu.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { KindBadge } from '../ui/status-badges.tsx'
import { SessionList } from '../tokens/session-list.tsx'
import { TokenActivityPanel } from '../tokens/token-activity-panel.tsx'
import { TryItPanel } from '../tokens/try-it-panel.tsx'
import { useLateAnchor } from '../ui/use-late-anchor.ts'
import { CalledEndpoints } from './called-endpoints.tsx'
import { IdentityFlags } from './identity-columns.tsx'
import { IdentityNotices } from './identity-notices.tsx'

const LifetimeForm = dynamic(async () => (await import('./lifetime-form.tsx')).LifetimeForm, {
  ssr: false,
  loading: () => <Skeleton className="h-48" />,
})
const TokenPolicyForm = dynamic(async () => (await import('./token-policy-form.tsx')).TokenPolicyForm, {
  ssr: false,
  loading: () => <Skeleton className="h-96" />,
})
const DisableDialog = dynamic(async () => (await import('./disable-dialog.tsx')).DisableDialog, { ssr: false })
const IdentityDetailsDialog = dynamic(async () => (await import('./identity-dialogs.tsx')).IdentityDetailsDialog, {
  ssr: false,
})
const DeleteIdentityDialog = dynamic(async () => (await import('./identity-dialogs.tsx')).DeleteIdentityDialog, {
  ssr: false,
})

interface PartProps {
  readonly identity: IdentityPosture
  readonly onReload: () => void
}

export function IdentityActions({ identity, onReload }: PartProps) {
  const gate = useRoleGate('operator')
  const [dialog, setDialog] = useState<'disable' | 'details' | 'delete' | null>(null)
  const close = () => {
    setDialog(null)
  }
  return (
    <>
      <Button
        icon={identity.disabled ? Play : Ban}
        variant={identity.disabled ? 'primary' : 'secondary'}
        onClick={() => {
          setDialog('disable')
        }}
        {...gate}
      >
        {identity.disabled ? 'Enable' : 'Disable'}
      </Button>
      {identity.kind === 'integration' && (
        <MoreMenu label="More about this identity">
          <MenuItem
            icon={Pencil}
            onSelect={() => {
              setDialog('details')
            }}
            {...gate}
          >
            Edit the details
          </MenuItem>
          <MenuItem
            icon={Trash2}
            danger
            onSelect={() => {
              setDialog('delete')
            }}
            {...gate}
          >
            Delete this integration
          </MenuItem>
        </MoreMenu>
      )}
      {dialog === 'disable' && <DisableDialog identity={identity} onClose={close} onReload={onReload} />}
      {dialog === 'details' && <IdentityDetailsDialog identity={identity} onClose={close} onReload={onReload} />}
      {dialog === 'delete' && <DeleteIdentityDialog identity={identity} onClose={close} />}
    </>
  )
}

/** Credentials, lifetime and grants: what an identity has in this environment. */
export function IdentityParts({
  identity,
  onReload,
  withGrants = true,
}: PartProps & { readonly withGrants?: boolean }) {
  const isService = identity.kind === 'service'
  return (
    <div className="grid items-start gap-4 xl:grid-cols-12">
      <div className="grid min-w-0 gap-4 xl:col-span-8">
        <IdentityNotices identity={identity} />
        <CalledEndpoints clientId={identity.clientId} />
        <CredentialList clientId={identity.clientId} isService={isService} />
        <TokenActivityPanel clientId={identity.clientId} />
        <SessionList clientId={identity.clientId} />
        {withGrants && (
          <GrantList
            id="grants"
            title="Grants"
            description="Scopes its tokens may carry, and whether a request of the last 30 days needed them"
            filter={{ clientId: identity.clientId }}
            empty={
              <EmptyState title="It holds no grant">
                Its tokens carry no scope. Grant those that the services it calls ask for.
              </EmptyState>
            }
          />
        )}
      </div>
      <div className="grid min-w-0 gap-4 xl:col-span-4">
        <LifetimeForm
          key={`${identity.clientId} ${String(identity.settingsVersion)}`}
          identity={identity}
          onReload={onReload}
        />
        <TokenPolicyForm
          key={`policy ${identity.clientId} ${String(identity.settingsVersion)}`}
          identity={identity}
          onReload={onReload}
        />
        <TryItPanel clientId={identity.clientId} />
        <DeviceList caller={identity.clientId} />
        <ObjectHistory concerns={{ identity: identity.clientId }} />
      </div>
    </div>
  )
}

/** One identity as this environment sees it; a refused address answers null. */
export function useIdentity(clientId: string) {
  const environment = useEnvironment()
  const client = useQueryClient()
  const query = useQuery(identityQuery(environment, clientId))
  return { ...query, reload: () => void client.invalidateQueries({ queryKey: ['identities', environment, clientId] }) }
}

export function IdentityPage({ clientId }: { readonly clientId: string }) {
  const toPath = useEnvironmentPath()
  const { data, error, refetch, reload } = useIdentity(clientId)
  useLateAnchor(data !== undefined)
  if (error?.status === 404 || error?.status === 400 || error?.status === 422) notFound()
  if (data === undefined) {
    return (
      <>
        <PageHeader parent={{ label: 'Identities', href: toPath('/identities') }} title={clientId} />
        {error === null ? (
          <Skeleton className="h-96" />
        ) : (
          <ProblemAlert problem={error} onRetry={() => void refetch()} />
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        parent={{ label: 'Identities', href: toPath('/identities') }}
        title={data.name}
        description={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <code>{data.clientId}</code>
            <KindBadge kind={data.kind} />
            <IdentityFlags identity={data} />
            <span>
              last used <RelativeTime at={data.lastUsedAt} />
            </span>
            {data.serviceSlug !== null && (
              <Link
                href={toPath(`/services/${data.serviceSlug}`)}
                className="underline decoration-line-strong underline-offset-2 hover:text-text"
              >
                Its service
              </Link>
            )}
            {data.description !== '' && <span>{data.description}</span>}
          </span>
        }
        actions={
          <>
            <ButtonLink href={toPath(`/decisions?caller=${encodeURIComponent(`${data.kind}:${data.clientId}`)}`)}>
              Decisions
            </ButtonLink>
            <IdentityActions identity={data} onReload={reload} />
          </>
        }
      />
      <IdentityParts identity={data} onReload={reload} />
    </>
  )
}
