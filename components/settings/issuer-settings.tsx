'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, RefreshCw, ShieldCheck, Trash2, TriangleAlert } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { issuersQuery, refreshIssuer } from '#lib/client/issuers.ts'
import type { Issuer } from '#lib/client/object-types.ts'
import { peopleCaller } from '#lib/policy/people-caller.ts'
import { DeviceList } from '../devices/device-list.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { useRoleGate } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.ts'
import { toPlural } from '../ui/words.ts'

const NewIssuerDialog = dynamic(async () => (await import('./issuer-dialogs.tsx')).NewIssuerDialog, { ssr: false })
const EditIssuerDialog = dynamic(async () => (await import('./issuer-dialogs.tsx')).EditIssuerDialog, { ssr: false })
const DeleteIssuerDialog = dynamic(async () => (await import('./issuer-dialogs.tsx')).DeleteIssuerDialog, {
  ssr: false,
})

type Open = { readonly what: 'edit' | 'delete'; readonly issuer: Issuer } | { readonly what: 'new' } | null

function Refresh({ issuer }: { readonly issuer: Issuer }) {
  const environment = useEnvironment()
  const gate = useRoleGate('operator')
  const refresh = useMutation(refreshIssuer)
  const run = () => {
    refresh.mutate(
      { params: { environment, id: issuer.id } },
      {
        onSuccess: ({ refreshError, keyCount }) =>
          refreshError === null
            ? toast.success(`${toPlural(keyCount, 'key')} of ${issuer.name} fetched`)
            : toast.error(`The keys of ${issuer.name} cannot be fetched`, { description: refreshError }),
        onError: ({ title, message }) => toast.error(title, { description: message }),
      },
    )
  }
  return (
    <IconButton
      icon={RefreshCw}
      label={`Fetch the keys of ${issuer.name} now`}
      size="sm"
      pending={refresh.isPending}
      onClick={run}
      {...gate}
    />
  )
}

function IssuerItem({
  issuer,
  onOpen,
}: {
  readonly issuer: Issuer
  readonly onOpen: (what: 'edit' | 'delete') => void
}) {
  const gate = useRoleGate('administrator')
  return (
    <li className="flex flex-col gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{issuer.name}</span>
        {issuer.purpose === 'workloads' && <Badge tone="outline">Workloads</Badge>}
        <code className="min-w-0 text-xs break-all text-muted">{issuer.issuer}</code>
        <span className="ml-auto flex gap-1">
          <Refresh issuer={issuer} />
          <IconButton
            icon={Pencil}
            label={`Edit ${issuer.name}`}
            size="sm"
            onClick={() => {
              onOpen('edit')
            }}
            {...gate}
          />
          <IconButton
            icon={Trash2}
            label={`Trust ${issuer.name} no more`}
            size="sm"
            onClick={() => {
              onOpen('delete')
            }}
            {...gate}
          />
        </span>
      </div>
      <p className="text-xs text-muted">
        Audience <code>{issuer.audience}</code> ·{' '}
        {issuer.purpose === 'people' && (
          <>
            scopes in <code>{issuer.scopeClaim}</code> ·{' '}
          </>
        )}
        {toPlural(issuer.keyCount, 'key')}, fetched <RelativeTime at={issuer.keysRefreshedAt} />
      </p>
      {issuer.claimScopes.length > 0 && (
        <ul aria-label={`Scopes from claims of ${issuer.name}`} className="flex flex-col gap-0.5 text-xs text-muted">
          {issuer.claimScopes.map(({ claim, value, scopes }) => (
            <li key={`${claim} ${value}`}>
              <code>{claim}</code> has <code className="break-all">{value}</code>: <code>{scopes.join(' ')}</code>
            </li>
          ))}
        </ul>
      )}
      {issuer.refreshError !== null && (
        <p role="note" className="flex gap-2 rounded-lg bg-denied-tint px-3 py-2 text-denied">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="break-words">
            Its keys cannot be fetched: {issuer.refreshError}.{' '}
            {issuer.keyCount > 0 ? 'The last known ones stay in use.' : 'None of its tokens can be checked.'}
          </span>
        </p>
      )}
    </li>
  )
}

const isOfPeople = ({ purpose }: Issuer): boolean => purpose === 'people'

/** Issuers whose users may call, and those whose workloads prove identities. */
export function IssuerSettings() {
  const environment = useEnvironment()
  const client = useQueryClient()
  const gate = useRoleGate('administrator')
  const { data, error, refetch } = useQuery(issuersQuery(environment))
  const [open, setOpen] = useState<Open>(null)
  const close = () => {
    setOpen(null)
  }
  const button = (
    <Button
      size="sm"
      icon={Plus}
      onClick={() => {
        setOpen({ what: 'new' })
      }}
      {...gate}
    >
      Trust an issuer
    </Button>
  )
  return (
    <div className="grid gap-4">
      <Panel
        id="issuers"
        title="Trusted issuers"
        description="Whose users call services in this environment, or whose workloads prove identities"
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
          <EmptyState icon={ShieldCheck} title="No issuer is trusted yet" action={button}>
            Services know one another by their identities. Trust the provider that signs your users’ tokens, so that
            endpoints can tell them from anonymous callers.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {data.items.map((issuer) => (
              <IssuerItem
                key={issuer.id}
                issuer={issuer}
                onOpen={(what) => {
                  setOpen({ what, issuer })
                }}
              />
            ))}
          </ul>
        )}
      </Panel>
      {data?.items.filter(isOfPeople).map(({ id, name }) => (
        <DeviceList key={id} caller={peopleCaller(name)} title={`Devices of people of ${name}`} />
      ))}
      {open?.what === 'new' && <NewIssuerDialog onClose={close} />}
      {open?.what === 'edit' && (
        <EditIssuerDialog
          issuer={open.issuer}
          onClose={close}
          onReload={() => void client.invalidateQueries({ queryKey: ['issuers', environment] })}
        />
      )}
      {open?.what === 'delete' && <DeleteIssuerDialog issuer={open.issuer} onClose={close} />}
    </div>
  )
}
