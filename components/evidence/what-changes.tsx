'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react'
import { useId, useState } from 'react'
import { replayQuery } from '#lib/client/evidence.ts'
import type { Replay, ReplayDraft, ReplayItem } from '#lib/client/object-types.ts'
import { toEnvironmentPath, useEnvironment } from '../shell/environment-context.tsx'
import { Button } from '../ui/button.tsx'
import { classNames } from '../ui/class-names.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EndpointName, KindIcon, ModeBadge } from '../ui/status-badges.tsx'
import { toCount, toPlural } from '../ui/words.ts'
import { ReasonBadges } from './caller-list.tsx'
import { REPLAY_NOTES, toReplaySentences } from './replay-words.ts'
import { useSettled } from './use-settled.ts'

const DAYS = 30
const SHOWN = 5

interface WhatChangesProps {
  /** Null while there is nothing to replay. */
  readonly draft: ReplayDraft | null
  /** What to do to see something. */
  readonly idle: string
  readonly title?: string
  /** Start of what is looked at, where it is not 30 days. */
  readonly since?: { readonly at: string; readonly words: string }
}

function toItemCount({ lost, gained, undetermined }: ReplayItem): string {
  if (lost > 0) return `loses ${toCount(lost)}`
  return gained > 0 ? `gains ${toCount(gained)}` : `${toCount(undetermined)} not known`
}

function Item({ item, kind }: { readonly item: ReplayItem; readonly kind: ReplayDraft['kind'] }) {
  const environment = useEnvironment()
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <KindIcon kind={item.caller.kind} />
        <span className="font-medium break-all">{item.caller.name}</span>
        <span className="ml-auto tabular-nums">
          {kind === 'lifetimes' && item.lost > 0 ? `${toCount(item.lost)} older` : toItemCount(item)}{' '}
          <span className="text-muted">of {toPlural(item.requests, 'request')}</span>
        </span>
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <a
          href={toEnvironmentPath(environment, `/endpoints/${item.endpointId}`)}
          target="_blank"
          rel="noreferrer"
          className="max-w-full min-w-0 hover:underline"
        >
          <EndpointName method={item.method} route={item.route} className="[&>span:first-child]:w-auto" />
          <span className="sr-only"> (opens in a new tab)</span>
        </a>
        <span className="text-xs text-muted">{item.serviceSlug}</span>
        <ModeBadge mode={item.mode} percent={item.percent} />
      </div>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
        {kind !== 'lifetimes' && <ReasonBadges reasons={item.reasons} />}
        <span>
          last <RelativeTime at={item.example.at} />
          {item.example.scopes.length > 0 && (
            <>
              {' '}
              with <span className="font-mono break-words">{item.example.scopes.join(' ')}</span>
            </>
          )}
        </span>
      </div>
    </li>
  )
}

function Items({ replay, kind }: { readonly replay: Replay; readonly kind: ReplayDraft['kind'] }) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? replay.items : replay.items.slice(0, SHOWN)
  if (replay.items.length === 0) return null
  return (
    <>
      <ul
        aria-label="Callers and endpoints it would change"
        className="divide-y divide-line rounded-lg border border-line"
      >
        {shown.map((item) => (
          <Item key={`${item.endpointId} ${item.caller.key}`} item={item} kind={kind} />
        ))}
      </ul>
      {replay.items.length > shown.length && (
        <Button
          size="sm"
          variant="ghost"
          className="self-start"
          onClick={() => {
            setWhole(true)
          }}
        >
          Show the other {toCount(replay.items.length - shown.length)}
        </Button>
      )}
      {isWhole && replay.total > replay.items.length && (
        <p className="text-xs text-muted">
          {toCount(replay.items.length)} of {toCount(replay.total)} are shown.
        </p>
      )}
    </>
  )
}

/** Never a green light without evidence: that nothing is lost is worth as much as was recorded. */
const toLook = ({ lost, isConclusive }: Replay) => {
  if (lost > 0) return { icon: TriangleAlert, box: 'border-log-only-fill/40 bg-log-only-tint', text: 'text-log-only' }
  if (!isConclusive)
    return { icon: CircleDashed, box: 'border-dashed border-line-strong bg-sunken', text: 'text-muted' }
  return { icon: CircleCheck, box: 'border-enforce-fill/40 bg-enforce-tint', text: 'text-enforce' }
}

const WithoutToken = ({ clients }: { readonly clients: Replay['withoutToken'] }) =>
  clients.length === 0 ? null : (
    <p>
      {clients.map(({ clientId, serviceSlug }) => `${clientId} at ${serviceSlug}`).join(', ')}:{' '}
      {clients.length === 1 ? 'no scope of the service is left' : 'no scope of those services is left'}, so no token is
      given for it.
    </p>
  )

function Summary({
  replay,
  kind,
  span,
}: {
  readonly replay: Replay
  readonly kind: ReplayDraft['kind']
  readonly span: string
}) {
  const { icon: Icon, box, text } = toLook(replay)
  return (
    <div className={classNames('flex gap-2 rounded-lg border px-3 py-2', box)}>
      <Icon aria-hidden className={classNames('mt-0.5 size-4 shrink-0', text)} />
      <div className="flex min-w-0 flex-col gap-1 tabular-nums">
        {toReplaySentences(replay, kind, span).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <WithoutToken clients={replay.withoutToken} />
      </div>
    </div>
  )
}

/** A draft, replayed on every recorded request it concerns while it is edited: who would lose or gain what, and where. */
export function WhatChanges({ draft, idle, title = 'What this would change', since }: WhatChangesProps) {
  const id = useId()
  const environment = useEnvironment()
  const key = draft === null ? null : JSON.stringify(draft)
  const settledKey = useSettled(key)
  const settled = settledKey === null ? null : (JSON.parse(settledKey) as ReplayDraft) // written two lines above
  const request = { draft: settled ?? NO_DRAFT, days: DAYS, ...(since === undefined ? {} : { since: since.at }) }
  const { data, error, isFetching, refetch } = useQuery({
    ...replayQuery(environment, request),
    enabled: settled !== null,
  })
  const isAsked = draft !== null && settled !== null
  const isBusy = draft !== null && (isFetching || key !== settledKey)
  const kind = request.draft.kind
  return (
    <section aria-labelledby={id} aria-busy={isBusy || undefined} className="flex min-w-0 flex-col gap-2 text-text">
      <h3 id={id} className="font-medium">
        {title}
      </h3>
      {isAsked && <ProblemAlert problem={error} onRetry={() => void refetch()} />}
      {draft === null && <p className="text-muted">{idle}</p>}
      {draft !== null && data === undefined && error === null && <SkeletonLines lines={2} />}
      <div aria-live="polite" className={classNames('transition-opacity', isBusy && 'opacity-60')}>
        {isAsked && data !== undefined && (
          <Summary replay={data} kind={kind} span={since?.words ?? 'the last 30 days'} />
        )}
      </div>
      {isAsked && data !== undefined && (
        <>
          <Items replay={data} kind={kind} />
          <p className="text-xs text-muted empty:hidden">
            {data.observedFrom !== null && since === undefined && (
              <>
                The oldest of these requests came <RelativeTime at={data.observedFrom} />.{' '}
              </>
            )}
            {REPLAY_NOTES[kind]}
          </p>
        </>
      )}
    </section>
  )
}

const NO_DRAFT: ReplayDraft = { kind: 'grants' }
