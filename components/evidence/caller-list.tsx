'use client'
import type { CallerEvidence } from '#lib/client/object-types.ts'
import { Badge } from '../ui/badge.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { KindIcon } from '../ui/status-badges.tsx'
import { CALLER_KIND_WORDS, toCount, toPlural, toReasonWords, toShare } from '../ui/words.ts'
import { FixAction } from './fix-action.tsx'

export function ReasonBadges({ reasons }: Pick<CallerEvidence, 'reasons'>) {
  return reasons.map(({ reason, count, missingScopes }) => (
    <Badge key={reason} tone="log-only" title={`${toReasonWords(reason)}: ${toPlural(count, 'request')}`}>
      {toReasonWords(reason)}
      {missingScopes.length > 0 && <span className="font-mono font-normal">{missingScopes.join(' ')}</span>}
    </Badge>
  ))
}

interface DeniedCallerProps {
  readonly evidence: CallerEvidence
  readonly endpointId: string
  readonly onFixed?: (() => void) | undefined
}

function DeniedCaller({ evidence, endpointId, onFixed }: DeniedCallerProps) {
  const { caller, requests, wouldDeny, reasons, fixes, lastAt, lastDeniedAt, bucketPercent } = evidence
  return (
    <li className="flex flex-col gap-1.5 px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <KindIcon kind={caller.kind} />
        <span className="font-medium break-all">{caller.name}</span>
        <span className="text-xs text-faint">{CALLER_KIND_WORDS[caller.kind]}</span>
        <span className="ml-auto tabular-nums">
          {toCount(wouldDeny)} of {toCount(requests)}{' '}
          <span className="text-muted">({toShare(wouldDeny, requests)})</span>
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <ReasonBadges reasons={reasons} />
        <span className="text-xs text-faint">
          last <RelativeTime at={lastDeniedAt ?? lastAt} />
          {bucketPercent !== null && ` · enforced above ${bucketPercent.toFixed(2)} %`}
        </span>
      </div>
      {fixes.length > 0 && (
        <div className="flex flex-col items-start gap-1.5">
          {fixes.map((fix) => (
            <FixAction
              key={`${fix.kind} ${fix.title}`}
              fix={fix}
              callerName={caller.name}
              endpointId={endpointId}
              onFixed={onFixed}
            />
          ))}
        </div>
      )}
    </li>
  )
}

interface CallerListProps {
  readonly label: string
  readonly callers: readonly CallerEvidence[]
  readonly endpointId: string
  readonly onFixed?: (() => void) | undefined
}

/** Callers that would be denied, by name and reason, and what would let each through. */
export const DeniedCallerList = ({ label, callers, endpointId, onFixed }: CallerListProps) => (
  <ul aria-label={label} className="divide-y divide-line rounded-lg border border-line">
    {callers.map((evidence) => (
      <DeniedCaller key={evidence.caller.key} evidence={evidence} endpointId={endpointId} onFixed={onFixed} />
    ))}
  </ul>
)
