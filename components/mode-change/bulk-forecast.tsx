'use client'
import { useState } from 'react'
import type { ModeChangePreview } from '#lib/client/object-types.ts'
import { InstancesBehind } from '../evidence/evidence-notes.tsx'
import { toForecastSentence } from '../evidence/evidence-words.ts'
import { toEnvironmentPath, useEnvironment } from '../shell/environment-context.tsx'
import { Button } from '../ui/button.tsx'
import { EndpointName, KindIcon, ReadinessBadge } from '../ui/status-badges.tsx'
import { toCount, toPlural } from '../ui/words.ts'
import { groupDeniedCallers } from './change-demands.ts'

type Item = ModeChangePreview['items'][number]

const SHOWN = 25
const ORDER = { 'not-ready': 0, 'not-enough-evidence': 1, ready: 2 } as const

const Figure = ({ label, value }: { readonly label: string; readonly value: number }) => (
  <div className="flex flex-col-reverse rounded-lg border border-line px-3 py-2">
    <dt className="text-xs text-muted">{label}</dt>
    <dd className="text-lg font-semibold tabular-nums">{toCount(value)}</dd>
  </div>
)

function DeniedCallers({ items }: { readonly items: readonly Item[] }) {
  const callers = groupDeniedCallers([...items])
  if (callers.length === 0) return null
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium">{toPlural(callers.length, 'caller')} would be denied by this change</h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {callers.map(({ key, caller, wouldDeny, endpoints }) => (
          <li key={key} className="flex flex-wrap items-center gap-2 px-3 py-2">
            <KindIcon kind={caller.kind} />
            <span className="font-medium break-all">{caller.name}</span>
            <span className="ml-auto text-muted tabular-nums">
              {toPlural(wouldDeny, 'request')} at {toPlural(endpoints, 'endpoint')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function EndpointLine({ item }: { readonly item: Item }) {
  const environment = useEnvironment()
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <a
          href={toEnvironmentPath(environment, `/endpoints/${item.endpointId}`)}
          target="_blank"
          rel="noreferrer"
          className="min-w-0 hover:underline"
        >
          <EndpointName method={item.method} route={item.route} />
          <span className="sr-only"> (opens in a new tab)</span>
        </a>
        <ReadinessBadge readiness={item.evidence.readiness} />
      </div>
      <p className="text-xs text-muted">
        {item.serviceSlug} · {toForecastSentence(item.evidence)}
      </p>
    </li>
  )
}

/** A change of several endpoints: what is known of all of them, then of each, those that break something first. */
export function BulkForecast({ preview }: { readonly preview: ModeChangePreview }) {
  const [isWhole, setWhole] = useState(false)
  const { totals, items, instances } = preview
  const sorted = [...items].sort(
    (left, right) =>
      ORDER[left.evidence.readiness] - ORDER[right.evidence.readiness] ||
      right.evidence.wouldDeny - left.evidence.wouldDeny,
  )
  const shown = isWhole ? sorted : sorted.slice(0, SHOWN)
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        <Figure label="Ready" value={totals.ready} />
        <Figure label="Not ready" value={totals.notReady} />
        <Figure label="Not enough evidence" value={totals.notEnoughEvidence} />
        <Figure label="Requests looked at" value={totals.requests} />
      </dl>
      <DeniedCallers items={items} />
      <InstancesBehind instances={instances} />
      <section className="flex flex-col gap-2">
        <h3 className="font-medium">{toPlural(items.length, 'endpoint')}</h3>
        <ul className="divide-y divide-line rounded-lg border border-line">
          {shown.map((item) => (
            <EndpointLine key={item.endpointId} item={item} />
          ))}
        </ul>
        {sorted.length > shown.length && (
          <Button
            variant="ghost"
            className="self-start"
            onClick={() => {
              setWhole(true)
            }}
          >
            Show the other {toCount(sorted.length - shown.length)}
          </Button>
        )}
      </section>
    </div>
  )
}
