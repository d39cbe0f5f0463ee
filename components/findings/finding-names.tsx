'use client'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { Link } from '../ui/link.tsx'
import { EndpointName, KindIcon } from '../ui/status-badges.tsx'

interface EndpointLinkProps {
  readonly endpoint: {
    readonly endpointId: string
    readonly method: string
    readonly route: string
    readonly serviceSlug: string
    readonly team: string
  }
}

/** An endpoint with the service it belongs to and the team that owns it. */
export function EndpointLink({ endpoint: { endpointId, method, route, serviceSlug, team } }: EndpointLinkProps) {
  const toPath = useEnvironmentPath()
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
      <Link href={toPath(`/endpoints/${endpointId}`)} className="max-w-full min-w-0 hover:underline">
        <EndpointName method={method} route={route} className="font-medium" />
      </Link>
      <span className="text-muted">
        <Link href={toPath(`/services/${serviceSlug}`)} className="hover:text-text hover:underline">
          {serviceSlug}
        </Link>
        {team === '' ? ', no team named' : `, ${team}`}
      </span>
    </span>
  )
}

interface GrantTitleProps {
  readonly grant: {
    readonly clientId: string
    readonly identityKind: 'service' | 'integration'
    readonly scopeId: string
    readonly scope: string
    readonly serviceSlug: string
  }
}

/** Who holds which scope. */
export function GrantTitle({ grant: { clientId, identityKind, scopeId, scope, serviceSlug } }: GrantTitleProps) {
  const toPath = useEnvironmentPath()
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2">
      <Link
        href={toPath(`/identities/${encodeURIComponent(clientId)}`)}
        className="inline-flex items-center gap-2 font-medium hover:underline"
      >
        <KindIcon kind={identityKind} />
        {clientId}
      </Link>
      <span className="text-muted">holds</span>
      <Link href={toPath(`/scopes/${scopeId}`)} className="font-mono text-xs hover:underline">
        {scope}
      </Link>
      <span className="text-muted">of {serviceSlug}</span>
    </span>
  )
}
