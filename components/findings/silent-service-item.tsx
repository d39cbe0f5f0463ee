'use client'
import type { SilentService } from '#lib/client/object-types.ts'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Link } from '../ui/link.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toPlural } from '../ui/words.ts'

interface SilenceWords {
  readonly label: string
  readonly detail: (service: SilentService) => string
  /** Below the service's page. */
  readonly path: string
  readonly action: string
}

const SILENCE_WORDS: Readonly<Record<SilentService['silence'], SilenceWords>> = {
  'never-started': {
    label: 'Never started',
    detail: () => 'No instance was ever seen in this environment: add the middleware and start one.',
    path: '',
    action: 'How to start',
  },
  'not-polling': {
    label: 'Does not poll',
    detail: () => 'No instance is live. Those that still run decide by the last configuration they know.',
    path: '/instances',
    action: 'Instances',
  },
  'no-traffic': {
    label: 'Reports no traffic',
    detail: ({ liveInstances }) =>
      `${toPlural(liveInstances, 'instance')} ${liveInstances === 1 ? 'polls' : 'poll'}, and no decision came in 24 hours: nobody calls it, or the middleware does not see its routes.`,
    path: '/instances',
    action: 'Instances',
  },
}

export function SilentServiceItem({ silent }: { readonly silent: SilentService }) {
  const toPath = useEnvironmentPath()
  const { serviceSlug, team, silence, endpoints, lastSeenAt, lastDecisionAt } = silent
  const { label, detail, path, action } = SILENCE_WORDS[silence]
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-[min(100%,18rem)] flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={toPath(`/services/${serviceSlug}`)} className="font-medium hover:underline">
            {serviceSlug}
          </Link>
          <span className="text-muted">{team === '' ? 'no team named' : team}</span>
          <Badge tone="log-only">{label}</Badge>
        </p>
        <p className="text-muted">{detail(silent)}</p>
        <p className="text-muted tabular-nums">
          {toPlural(endpoints, 'endpoint')}; last poll <RelativeTime at={lastSeenAt} />, last decision{' '}
          <RelativeTime at={lastDecisionAt} />
        </p>
      </div>
      <ButtonLink size="sm" href={toPath(`/services/${serviceSlug}${path}`)}>
        {action}
      </ButtonLink>
    </div>
  )
}
