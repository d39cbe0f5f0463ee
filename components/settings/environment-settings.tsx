'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { environmentQuery } from '#lib/client/environments.ts'
import type { Environment } from '#lib/client/object-types.ts'
import { ObjectHistory } from '../history/object-history.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { KeyValues } from '../ui/key-values.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Skeleton, SkeletonLines } from '../ui/skeleton.tsx'

const EnvironmentForm = dynamic(async () => (await import('./environment-form.tsx')).EnvironmentForm, {
  ssr: false,
  loading: () => <Skeleton className="h-72" />,
})

const Copied = ({ value, what }: { readonly value: string; readonly what: string }) => (
  <span className="flex min-w-0 items-start gap-1">
    <code className="min-w-0 text-xs leading-6 break-all">{value}</code>
    <CopyButton text={value} what={what} />
  </span>
)

const Addresses = ({ environment }: { readonly environment: Environment }) => (
  <Panel id="addresses" title="What services need" description="Comes with each credential as settings">
    <KeyValues
      className="max-sm:grid-cols-1 max-sm:gap-y-0.5 max-sm:[&_dd]:mb-2"
      items={[
        ['Slug', <code key="slug">{environment.slug}</code>],
        ['Issuer', <Copied key="issuer" value={environment.issuer} what="issuer" />],
        ['Key set', <Copied key="jwks" value={`${environment.issuer}/jwks.json`} what="address of the key set" />],
        ['STEPGATE_CONFIG_KEY', <Copied key="pin" value={environment.configKey} what="configuration key" />],
        ['Revision', environment.revision],
        ['Created', <RelativeTime key="created" at={environment.createdAt} />],
      ]}
    />
    <p className="mt-3 text-xs text-muted">
      Services pin the configuration key: a snapshot that another key signed, or of another environment, is refused.
    </p>
  </Panel>
)

/** Name, default lifetime and the public parts of an environment. */
export function EnvironmentSettings() {
  const slug = useEnvironment()
  const client = useQueryClient()
  const [epoch, setEpoch] = useState(0)
  const { data, error, refetch } = useQuery(environmentQuery(slug))
  const reload = async () => {
    await client.invalidateQueries({ queryKey: ['environments', slug] })
    setEpoch((count) => count + 1)
  }
  if (data === undefined)
    return error === null ? (
      <SkeletonLines lines={6} />
    ) : (
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
    )
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <Panel id="environment" title={data.name} description="Modes, grants, credentials and revisions are its own">
        <EnvironmentForm key={epoch} environment={data} onReload={() => void reload()} />
      </Panel>
      <div className="grid min-w-0 gap-4">
        <Addresses environment={data} />
        <ObjectHistory concerns={{ targetKind: 'environment', targetId: data.id }} />
      </div>
    </div>
  )
}
