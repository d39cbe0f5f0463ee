'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { GitCommitVertical } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import type { Revision } from '#lib/client/object-types.ts'
import { revisionPagesQuery } from '#lib/client/revisions.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'

const SHOWN_SERVICES = 6

function Services({ slugs }: { readonly slugs: readonly string[] }) {
  const toPath = useEnvironmentPath()
  if (slugs.length === 0) return <span className="text-faint">no service</span>
  return (
    <>
      {slugs.slice(0, SHOWN_SERVICES).map((slug) => (
        <Link
          key={slug}
          href={toPath(`/services/${slug}`)}
          prefetch={false}
          className="hover:text-text hover:underline"
        >
          {slug}
        </Link>
      ))}
      {slugs.length > SHOWN_SERVICES && <span>and {slugs.length - SHOWN_SERVICES} more</span>}
    </>
  )
}

function Confirmation({ instances }: Pick<Revision, 'instances'>) {
  if (instances === null) return null
  if (instances.live === 0) return <Badge tone="outline">No live instance</Badge>
  return (
    <Badge
      tone={instances.confirmed < instances.live ? 'log-only' : 'enforce'}
    >{`${String(instances.confirmed)} of ${String(instances.live)} confirmed`}</Badge>
  )
}

const RevisionItem = ({ revision }: { readonly revision: Revision }) => (
  <li className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[4rem_minmax(0,1fr)_auto]">
    <span className="font-medium tabular-nums">{revision.number}</span>
    <div className="min-w-0">
      <p className="break-words">{revision.summary}</p>
      <p className="flex flex-wrap gap-x-2 text-xs text-muted">
        <Services slugs={revision.changedServices} />
      </p>
    </div>
    <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted sm:justify-end">
      <Confirmation instances={revision.instances} />
      {revision.actorName}, <RelativeTime at={revision.publishedAt} />
    </span>
  </li>
)

/** Everything that was ever published here: the only way anything changes. */
export function RevisionSettings() {
  const environment = useEnvironment()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    revisionPagesQuery(environment),
  )
  const revisions = data?.pages.flatMap(({ items }) => items)
  return (
    <Panel
      id="revisions"
      title="Revisions"
      description="Immutable and numbered; a service receives one only when its own part changed"
      flush
    >
      {revisions === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={8} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : revisions.length === 0 ? (
        <EmptyState icon={GitCommitVertical} title="Nothing is published yet">
          The first change of a rule, a mode, an issuer or a key publishes revision 1.
        </EmptyState>
      ) : (
        <>
          <ol className="divide-y divide-line">
            {revisions.map((revision) => (
              <RevisionItem key={revision.number} revision={revision} />
            ))}
          </ol>
          {hasNextPage && (
            <div className="border-t border-line p-2">
              <Button variant="ghost" size="sm" pending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                Older revisions
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  )
}
