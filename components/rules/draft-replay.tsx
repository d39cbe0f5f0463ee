'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { evidenceQuery } from '#lib/client/evidence.ts'
import type { CallerEvidence, Endpoint, EndpointEvidence, Rule } from '#lib/client/object-types.ts'
import { DeniedCallerList } from '../evidence/caller-list.tsx'
import { Verdict } from '../evidence/verdict.tsx'
import { useEnvironment } from '../shell/environment-context.tsx'
import { classNames } from '../ui/class-names.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { toPlural } from '../ui/words.ts'
import { toRuleSentence } from './rule-summary.ts'

interface DraftReplayProps {
  readonly endpoint: Endpoint
  /** Null while it is not a rule yet. */
  readonly draft: Rule | null
  readonly present: EndpointEvidence | undefined
  /** When that was read. */
  readonly presentAt: number
  readonly windowHours: number
  readonly isChanged: boolean
  readonly isSettled: boolean
}

const deniedOf = (evidence: EndpointEvidence): CallerEvidence[] =>
  evidence.callers.filter(({ wouldDeny }) => wouldDeny > 0)

/** Against the published rule: who is denied that was not, and who no longer is. */
function toDifference(draft: EndpointEvidence, present: EndpointEvidence | undefined): string | null {
  if (present === undefined) return null
  const before = new Set(deniedOf(present).map(({ caller }) => caller.key))
  const after = new Set(deniedOf(draft).map(({ caller }) => caller.key))
  const gained = [...after].filter((key) => !before.has(key)).length
  const lost = [...before].filter((key) => !after.has(key)).length
  if (gained === 0 && lost === 0) return 'The same callers as with the published rule.'
  return (
    [
      ...(gained > 0 ? [`${toPlural(gained, 'caller')} more than with the published rule`] : []),
      ...(lost > 0 ? [`${toPlural(lost, 'caller')} fewer`] : []),
    ].join(', ') + '.'
  )
}

function Result({
  evidence,
  present,
  endpoint,
}: {
  readonly evidence: EndpointEvidence
  readonly present: EndpointEvidence | undefined
  readonly endpoint: Endpoint
}) {
  const denied = deniedOf(evidence)
  const difference = toDifference(evidence, present)
  return (
    <>
      <Verdict evidence={evidence} />
      {difference !== null && <p className="text-muted">{difference}</p>}
      {denied.length > 0 && (
        <DeniedCallerList label="Callers that the draft would deny" callers={denied} endpointId={endpoint.id} />
      )}
    </>
  )
}

const EnforcedWarning = ({ endpoint }: { readonly endpoint: Endpoint }) =>
  endpoint.mode !== 'enforce' ? null : (
    <p role="note" className="rounded-lg bg-log-only-tint px-3 py-2 text-log-only">
      This endpoint is enforced{endpoint.percent < 100 && ` for ${String(endpoint.percent)} % of callers`}: a stricter
      rule refuses callers as soon as the instances confirm it.
    </p>
  )

/** Reads anew what is compared with an answer when that is read anew: else a caller between the two would look like a difference. */
function useTogether(at: number, read: () => void): void {
  const seen = useRef(at)
  useEffect(() => {
    if (at === seen.current) return
    seen.current = at
    read()
    // Only when the other answer is another one.
  }, [at])
}

/** The draft, replayed on what was recorded: who would be denied, before anything is saved. */
export function DraftReplay(props: DraftReplayProps) {
  const { endpoint, draft, present, presentAt, windowHours, isChanged, isSettled } = props
  const environment = useEnvironment()
  const isReplayed = draft !== null && isChanged
  const replay = useQuery({
    ...evidenceQuery(environment, endpoint.id, { windowHours, ...(draft === null ? {} : { rule: draft }) }),
    enabled: isReplayed,
    // Never the answer to the published rule, which is another one than the draft above it.
    placeholderData: (previous, query) => (query?.queryKey[3].rule === undefined ? undefined : previous),
    refetchInterval: false,
  })
  useTogether(presentAt, () => {
    if (isReplayed && replay.data !== undefined) void replay.refetch()
  })
  const shown = isReplayed ? replay.data : present
  const isBusy = isReplayed && (!isSettled || replay.isFetching)
  return (
    <section aria-label="Replay of the draft" aria-busy={isBusy || undefined} className="flex min-w-0 flex-col gap-4">
      <header>
        <h3 className="font-medium">
          {isChanged ? 'The draft on the recorded requests' : 'The published rule on the recorded requests'}
        </h3>
        <p className="text-muted">
          {draft === null ? 'The rule is not complete: once it is, here stands whom it denies.' : toRuleSentence(draft)}
        </p>
      </header>
      {isChanged && <EnforcedWarning endpoint={endpoint} />}
      {replay.error !== null && isReplayed && (
        <ProblemAlert problem={replay.error} onRetry={() => void replay.refetch()} />
      )}
      <div aria-live="polite" className={classNames('flex flex-col gap-4 transition-opacity', isBusy && 'opacity-60')}>
        {draft === null ? null : shown === undefined ? (
          <SkeletonLines lines={5} />
        ) : (
          <Result evidence={shown} present={isReplayed ? present : undefined} endpoint={endpoint} />
        )}
      </div>
    </section>
  )
}
