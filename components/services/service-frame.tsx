'use client'
import { useQuery } from '@tanstack/react-query'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { instancesQuery } from '#lib/client/instances.ts'
import { serviceQuery } from '#lib/client/services.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { TabLinks } from '../ui/tab-links.tsx'
import { endpointCount } from './posture-bar.tsx'
import { Instances } from './service-columns.tsx'

interface ServiceFrameProps {
  readonly service: string
  readonly children: ReactNode
}

/** What surrounds every part of a service's page. */
export function ServiceFrame({ service, children }: ServiceFrameProps) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  const { data, error, refetch } = useQuery(serviceQuery(environment, service))
  const instances = useQuery(instancesQuery(environment, service))
  if (error?.status === 404 || error?.status === 400 || error?.status === 422) notFound()
  const base = toPath(`/services/${service}`)
  return (
    <>
      <PageHeader
        parent={{ label: 'Services', href: toPath('/services') }}
        title={data?.name ?? service}
        description={
          data === undefined ? (
            <Skeleton className="mt-1 h-5 w-72" />
          ) : (
            <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
              <code>{data.slug}</code>
              {data.team !== '' && <span>Team {data.team}</span>}
              <span>
                Instances: <Instances instances={data.instances} />
              </span>
              {data.revision !== null && <span>Revision {data.revision}</span>}
              {data.description !== '' && <span>{data.description}</span>}
            </span>
          )
        }
      />
      <TabLinks
        label="Parts of the service"
        tabs={[
          { href: base, label: 'Endpoints', count: data && endpointCount(data.endpoints) },
          { href: `${base}/identity`, label: 'Identity and credentials' },
          { href: `${base}/grants`, label: 'Grants' },
          { href: `${base}/scopes`, label: 'Scopes' },
          {
            href: `${base}/instances`,
            label: 'Instances',
            count: instances.data?.items.filter(({ live }) => live).length,
          },
          { href: `${base}/import`, label: 'OpenAPI import' },
          { href: `${base}/settings`, label: 'Settings' },
        ]}
      />
      {error !== null && data === undefined ? (
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      ) : (
        children
      )}
    </>
  )
}
