'use client'
import type { StalledEndpoint } from '#lib/client/object-types.ts'
import { ReasonBadges } from '../evidence/caller-list.tsx'
import { FixAction } from '../evidence/fix-action.tsx'
import { useEnvironmentPath } from '../shell/environment-context.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { KindIcon, ReadinessBadge } from '../ui/status-badges.tsx'
import { toCount } from '../ui/words.ts'
import { EndpointLink } from './finding-names.tsx'

type Step = StalledEndpoint['nextStep']

const STEP_WORDS: Readonly<Record<Step['kind'], string>> = {
  lower: 'Lower the gate',
  'fix-callers': 'Fix the callers',
  'gather-evidence': 'Gather evidence',
}

const Denied = ({ caller, endpointId }: { readonly caller: Step['callers'][number]; readonly endpointId: string }) => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
    <span className="inline-flex items-center gap-2">
      <KindIcon kind={caller.caller.kind} />
      <span className="font-medium break-all">{caller.caller.name}</span>
      <span className="text-muted tabular-nums">
        {toCount(caller.wouldDeny)} of {toCount(caller.requests)}
      </span>
    </span>
    <ReasonBadges reasons={caller.reasons} />
    {caller.fixes.map((fix) => (
      <FixAction key={`${fix.kind} ${fix.title}`} fix={fix} callerName={caller.caller.name} endpointId={endpointId} />
    ))}
  </li>
)

export function StalledEndpointItem({ endpoint }: { readonly endpoint: StalledEndpoint }) {
  const toPath = useEnvironmentPath()
  const { endpointId, since, readiness, nextStep } = endpoint
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="flex min-w-[min(100%,18rem)] flex-1 flex-col gap-1">
        <EndpointLink endpoint={endpoint} />
        <p className="flex flex-wrap items-center gap-2 text-muted">
          <ReadinessBadge readiness={readiness} />
          <span>
            log-only began <RelativeTime at={since} />
          </span>
        </p>
        <ul className="text-muted">
          {nextStep.details.map((detail) => (
            <li key={detail}>{detail.replaceAll(' %', '\u00a0%')}</li>
          ))}
        </ul>
        {nextStep.callers.length > 0 && (
          <ul aria-label="Callers that would be denied" className="mt-1 flex flex-col gap-2">
            {nextStep.callers.map((caller) => (
              <Denied key={caller.caller.key} caller={caller} endpointId={endpointId} />
            ))}
          </ul>
        )}
      </div>
      <ButtonLink size="sm" href={toPath(`/endpoints/${endpointId}`)}>
        {STEP_WORDS[nextStep.kind]}
        <span className="sr-only">{`: ${endpoint.method} ${endpoint.route}`}</span>
      </ButtonLink>
    </div>
  )
}
