'use client'
import { CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react'
import type { ApiProblem } from '#lib/client/api-problem.ts'
import type { RouteResponse } from '#lib/contract/routes.ts'
import { FilterMenu } from '../ui/filters/filter-menu.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toDuration, toPlural } from '../ui/words.ts'
import { toBoundedCount } from './lifetime-words.ts'
import { TRIED_SECONDS } from './use-tried-lifetimes.ts'

type Lifetimes = RouteResponse<'readLifetimes'>
type Breaking = Lifetimes['breaking']

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

const VERDICTS = {
  breaks: { icon: TriangleAlert, className: 'size-4 text-log-only' },
  fits: { icon: CircleCheck, className: 'size-4 text-enforce' },
  unknown: { icon: CircleHelp, className: 'size-4 text-faint' },
} as const

function BreakingAt({ at, callersSeen }: { readonly at: Breaking[number]; readonly callersSeen: number }) {
  const verdict = at.callers > 0 ? 'breaks' : callersSeen > 0 ? 'fits' : 'unknown'
  const { icon: Icon, className } = VERDICTS[verdict]
  const words = {
    breaks: `${toPlural(at.callers, 'caller')} used older tokens`,
    fits: 'nobody used an older token',
    unknown: 'not enough evidence',
  }
  return (
    <li className="min-w-0 p-4">
      <p className="flex items-center gap-2 font-medium">
        <Icon aria-hidden className={className} />
        At {toDuration(at.seconds)}, {words[verdict]}
      </p>
      {verdict === 'breaks' && <Callers at={at} />}
      {verdict === 'fits' && <p className="mt-1 text-muted">No recorded request came with one.</p>}
      {verdict === 'unknown' && <p className="mt-1 text-muted">No use of a token was recorded.</p>}
    </li>
  )
}

interface BreakingPanelProps {
  readonly lifetimes: Pick<Lifetimes, 'breaking' | 'callersSeen'> | undefined
  readonly problem: ApiProblem | null
  readonly onRetry: () => void
  readonly tried: readonly number[]
  readonly onTry: (seconds: readonly number[]) => void
}

const TRIED_OPTIONS = TRIED_SECONDS.map((seconds) => ({ value: String(seconds), label: toDuration(seconds) }))

/** Who used tokens that would have ended. Whether a client renews them by itself is not recorded. */
export const BreakingPanel = ({ lifetimes, problem, onRetry, tried, onTry }: BreakingPanelProps) => (
  <Panel
    id="breaking"
    title="Who may notice shorter tokens"
    description="Requests whose token was older than the lifetime tried. A client that fetches a new token when the old one ends does not notice; one that keeps its token breaks"
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
    {lifetimes === undefined ? (
      problem === null ? (
        <Skeleton className="m-4 h-10" />
      ) : (
        <div className="p-4">
          <ProblemAlert problem={problem} onRetry={onRetry} />
        </div>
      )
    ) : (
      <ul aria-labelledby="breaking" className="grid divide-line max-md:divide-y md:grid-cols-3 md:divide-x">
        {lifetimes.breaking.map((at) => (
          <BreakingAt key={at.seconds} at={at} callersSeen={lifetimes.callersSeen} />
        ))}
      </ul>
    )}
  </Panel>
)
