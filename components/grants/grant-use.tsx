import type { Grant } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'

/** Whether somebody needed the grant in the last 30 days. One that is younger than a day is not judged. */
export function GrantUse({ grant: { use, lastNeededAt } }: { readonly grant: Grant }) {
  if (use === 'unused')
    return (
      <Badge tone="log-only" title="No request of the last 30 days needed it">
        Unused
      </Badge>
    )
  if (use === 'not-known')
    return <Badge title="An endpoint that needs it is off, so nothing was evaluated there">Not known</Badge>
  if (use === 'too-new') return <Badge title="Granted less than a day ago">Too new to tell</Badge>
  return (
    <span className="text-muted">
      needed <RelativeTime at={lastNeededAt} />
    </span>
  )
}
