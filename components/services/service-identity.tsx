'use client'
import { IdentityActions, IdentityParts, useIdentity } from '../identities/identity-page.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

/** The service's own identity: with it its instances report, and call other services. */
export function ServiceIdentity({ service }: { readonly service: string }) {
  const { data, error, refetch, reload } = useIdentity(service)
  if (data === undefined)
    return error === null ? (
      <Skeleton className="h-72" />
    ) : (
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
    )
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">
          With this identity its instances fetch their configuration, report decisions, and call other services.
        </p>
        <IdentityActions identity={data} onReload={reload} />
      </div>
      <IdentityParts identity={data} onReload={reload} withGrants={false} />
    </div>
  )
}
