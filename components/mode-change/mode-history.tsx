'use client'
import { useQuery } from '@tanstack/react-query'
import { ArrowRight, TriangleAlert } from 'lucide-react'
import { forecastQuery, modeChangesQuery } from '#lib/client/mode-changes.ts'
import type { ForecastComparison, ModeChange } from '#lib/client/object-types.ts'
import { toWindowWords } from '../evidence/evidence-words.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ModeBadge } from '../ui/status-badges.tsx'
import { toCount, toPlural, toShare } from '../ui/words.ts'
import { toActual } from './actual-since.ts'

interface FigureProps {
  readonly label: string
  readonly denied: number
  readonly requests: number
  readonly detail: string
}

const Figure = ({ label, denied, requests, detail }: FigureProps) => (
  <div className="rounded-lg border border-line px-3 py-2">
    <dt className="text-xs text-muted">{label}</dt>
    <dd className="tabular-nums">
      <span className="text-lg font-semibold">{toCount(denied)}</span>{' '}
      <span className="text-muted">
        of {toPlural(requests, 'request')} ({toShare(denied, requests)})
      </span>
      <span className="block text-xs text-muted">{detail}</span>
    </dd>
  </div>
)

interface HistoryItemProps {
  readonly change: ModeChange
  readonly comparison: ForecastComparison | null | undefined
}

function ForecastAndActual({ change, comparison }: HistoryItemProps) {
  const { forecast, to } = change
  const actual = to.mode === 'enforce' ? toActual(change, comparison) : null
  if (forecast === null && actual === null) return null
  return (
    <div className="flex flex-col gap-2">
      <dl className="grid gap-2 sm:grid-cols-2">
        {forecast !== null && (
          <Figure
            label="Forecast: would be denied"
            denied={forecast.wouldDeny}
            requests={forecast.requests}
            detail={`from ${toWindowWords(forecast.windowHours)}; ${forecast.callers.length === 0 ? 'nobody' : forecast.callers.map(({ caller }) => caller.name).join(', ')}`}
          />
        )}
        {actual !== null && (
          <Figure
            label="Actual: denied since"
            denied={actual.denied}
            requests={actual.requests}
            detail={
              actual.unforeseen.length === 0
                ? 'nobody whom the forecast did not name'
                : `${toPlural(actual.unforeseen.length, 'caller')} outside the forecast`
            }
          />
        )}
      </dl>
      {actual !== null && actual.unforeseen.length > 0 && (
        <p role="note" className="flex gap-2 rounded-lg bg-denied-tint px-3 py-2 text-denied">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>
            Denied, though not forecast:{' '}
            {actual.unforeseen.map(({ caller, denied }) => `${caller.name} (${toCount(denied)})`).join(', ')}.
          </span>
        </p>
      )}
    </div>
  )
}

const HistoryItem = ({ change, comparison }: HistoryItemProps) => (
  <li className="flex flex-col gap-2 px-4 py-3">
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <ModeBadge {...change.from} />
      <ArrowRight aria-label="to" className="size-3.5 text-faint" />
      <ModeBadge {...change.to} />
      <span className="text-muted">
        {change.actorName}, <RelativeTime at={change.at} />
      </span>
      {change.isAutomatic && <Badge tone="log-only">Undone by itself</Badge>}
      {change.undoFromDenials !== null && (
        <Badge title="As soon as one caller whom no forecast names was denied so often">
          Undoes itself from {toPlural(change.undoFromDenials, 'unforeseen denial')}
        </Badge>
      )}
      <span className="ml-auto text-xs text-faint tabular-nums">revision {change.revision}</span>
    </div>
    {change.reason !== '' && <p>{change.reason}</p>}
    <ForecastAndActual change={change} comparison={comparison} />
  </li>
)

/** Every change of the mode, with what was forecast beside what came. */
export function ModeHistory({ endpointId }: { readonly endpointId: string }) {
  const environment = useEnvironment()
  const { data, error, refetch } = useQuery(modeChangesQuery(environment, endpointId))
  const forecast = useQuery(forecastQuery(environment, endpointId))
  return (
    <Panel id="history" title="Mode changes" description="What was forecast, beside what came" flush>
      {data === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={4} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : data.items.length === 0 ? (
        <EmptyState title="The mode was never changed">It is what it was when the endpoint was first seen.</EmptyState>
      ) : (
        <ol className="divide-y divide-line">
          {data.items.map((change) => (
            <HistoryItem key={change.id} change={change} comparison={forecast.data?.comparison} />
          ))}
        </ol>
      )}
    </Panel>
  )
}
