'use client'
import type { NarrowGrant, UnusedGrant } from '#lib/client/object-types.ts'
import { TakeBack } from '../grants/grant-list.tsx'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Link } from '../ui/link.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { EndpointName } from '../ui/status-badges.tsx'
import { toPlural } from '../ui/words.ts'
import { GrantTitle } from './finding-names.tsx'

function toWatchedWords({ watchedDays, isConclusive, opens }: UnusedGrant, days: number): string {
  if (watchedDays === 0) return 'Its service has reported nothing that was evaluated: nothing is known.'
  const asked =
    opens === 0 ? 'No rule asks for it' : `${toPlural(opens, 'endpoint')} ${opens === 1 ? 'asks' : 'ask'} for it`
  const watched = isConclusive ? `${String(days)} days` : `${String(watchedDays)} of ${String(days)} days`
  return `${asked}, and no request of its holder needed it in ${watched}.`
}

export function UnusedGrantItem({ grant, days }: { readonly grant: UnusedGrant; readonly days: number }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-[min(100%,18rem)] flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <GrantTitle grant={grant} />
          {grant.isConclusive ? <Badge tone="log-only">Unused</Badge> : <Badge tone="outline">Watched too short</Badge>}
        </div>
        <p className="text-muted">
          {toWatchedWords(grant, days)} Granted <RelativeTime at={grant.createdAt} />
          {grant.note !== '' && `: ${grant.note}`}
        </p>
      </div>
      <TakeBack grant={{ ...grant, id: grant.grantId }} />
    </div>
  )
}

export function NarrowGrantItem({ grant }: { readonly grant: NarrowGrant }) {
  const toPath = useEnvironmentPath()
  const { usedAt, opens, scopeId } = grant
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-[min(100%,18rem)] flex-1">
        <GrantTitle grant={grant} />
        <p className="flex flex-wrap items-baseline gap-x-1.5 text-muted">
          It opens {toPlural(opens, 'endpoint')}, and only this one was called:
          <Link href={toPath(`/endpoints/${usedAt.id}`)} className="min-w-0 text-text hover:underline">
            <EndpointName method={usedAt.method} route={usedAt.route} className="[&>span]:w-auto" />
          </Link>
          <RelativeTime at={grant.lastNeededAt} />
        </p>
      </div>
      <ButtonLink size="sm" href={toPath(`/scopes/${scopeId}`)}>
        Open the scope
        <span className="sr-only"> {grant.scope}</span>
      </ButtonLink>
    </div>
  )
}
