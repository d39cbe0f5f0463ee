'use client'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { FilterMenu } from '../ui/filters/filter-menu.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toDuration, toPlural } from '../ui/words.ts'
import { toBoundedCount } from './lifetime-words.ts'
import { TRIED_SECONDS } from './use-tried-lifetimes.ts'

type Breaking = RouteResponse<'readLifetimes'>['breaking']

const CALLERS_SHOWN = 5

function Callers({ at: { most, callers } }: { readonly at: Breaking[number] }) {
  const shown = most.slice(0, CALLERS_SHOWN)
  return (
    <ul className="mt-1 text-muted">
      {shown.map(({ caller, atLeast, atMost }) => (
        <li key={caller.key} className="flex justify-between gap-3">
          <span className="truncate">{caller.name}</span>
          <span className="tabular-nums">{toBoundedCount(atLeast, atMost)}</span>
        </li>
      ))}
      {callers > shown.length && <li>and {toPlural(callers - shown.length, 'more caller', 'more callers')}</li>}
    </ul>
  )
}

function BreakingAt({ at }: { readonly at: Breaking[number] }) {
  const Icon = at.callers === 0 ? CircleCheck : TriangleAlert
  return (
    <li className="min-w-0 p-4">
      <p className="flex items-center gap-2 font-medium">
        <Icon aria-hidden className={at.callers === 0 ? 'size-4 text-enforce' : 'size-4 text-log-only'} />
        At {toDuration(at.seconds)},{' '}
        {at.callers === 0 ? 'nobody breaks' : `${toPlural(at.callers, 'caller')} may break`}
      </p>
      {at.callers === 0 ? <p className="mt-1 text-muted">No recorded use had an older token.</p> : <Callers at={at} />}
    </li>
  )
}

interface BreakingPanelProps {
  readonly breaking: Breaking | undefined
  readonly tried: readonly number[]
  readonly onTry: (seconds: readonly number[]) => void
}

const TRIED_OPTIONS = TRIED_SECONDS.map((seconds) => ({ value: String(seconds), label: toDuration(seconds) }))

/** Whom a lifetime for everybody would break. One that renews its tokens in time is not broken by it. */
export const BreakingPanel = ({ breaking, tried, onTry }: BreakingPanelProps) => (
  <Panel
    id="breaking"
    title="Who breaks"
    description="Uses of older tokens: broken if tokens lived so long, and no caller renewed earlier than it did"
    actions={
      <FilterMenu
        label="Lifetimes"
        options={TRIED_OPTIONS}
        value={tried.map(String)}
        onChange={(chosen) => {
          onTry(chosen.map(Number))
        }}
      />
    }
    flush
  >
    {breaking === undefined ? (
      <Skeleton className="m-4 h-10" />
    ) : (
      <ul aria-labelledby="breaking" className="grid divide-line max-md:divide-y md:grid-cols-3 md:divide-x">
        {breaking.map((at) => (
          <BreakingAt key={at.seconds} at={at} />
        ))}
      </ul>
    )}
  </Panel>
)
