'use client'
import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import dynamic from 'next/dynamic'
import { forecastQuery } from '#lib/client/mode-changes.ts'
import type { ForecastComparison } from '#lib/client/object-types.ts'
import { toMomentWords } from '../charts/bucket-words.ts'
import { toCoarserSeries } from '../charts/coarser-series.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useHydrated, useNarrow } from '../ui/data-table/use-media.ts'
import { Link } from '../ui/link.tsx'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toCount, toPlural, toShare } from '../ui/words.ts'
import { toForecastPoints } from './forecast-points.ts'
import { ForecastTable } from './forecast-table.tsx'

const HEIGHT = 176
const ForecastLines = dynamic(async () => (await import('../charts/forecast-lines.tsx')).ForecastLines, {
  ssr: false,
  loading: () => <Skeleton className="h-full" />,
})

/** While an endpoint is enforced: the denials that came beside those that were forecast. */
export function ForecastPanel({ endpointId }: { readonly endpointId: string }) {
  const { data } = useQuery(forecastQuery(useEnvironment(), endpointId))
  const comparison = data?.comparison ?? null
  return comparison && <ForecastAndActual endpointId={endpointId} comparison={comparison} />
}

const BUCKETS_MAX = { wide: 90, narrow: 40 } as const

interface ForecastAndActualProps {
  readonly endpointId: string
  readonly comparison: ForecastComparison
}

function ForecastAndActual({ endpointId, comparison }: ForecastAndActualProps) {
  const bucketsMax = useNarrow() ? BUCKETS_MAX.narrow : BUCKETS_MAX.wide
  const decided = toCoarserSeries(comparison.decided, bucketsMax)
  const points = toForecastPoints(decided)
  const isHydrated = useHydrated()
  return (
    <Panel
      id="forecast"
      title="Forecast and actual"
      description="Denials since the last change, beside what the forecast says of the same requests, caller by caller"
    >
      <figure aria-label="Denials, forecast and actual" className="space-y-2">
        <Summary comparison={comparison} />
        <Legend />
        <div className="h-44">
          <ForecastLines
            points={points}
            bucketSeconds={decided.bucketSeconds}
            isOpen={decided.isOpen}
            height={HEIGHT}
          />
        </div>
        {isHydrated && <ForecastTable points={points} bucketSeconds={decided.bucketSeconds} />}
        <ForeseenCallers callers={comparison.callers} />
        <Unforeseen endpointId={endpointId} callers={comparison.callers} />
      </figure>
    </Panel>
  )
}

const VERDICT_WORDS: Readonly<Record<ForecastComparison['verdict'], string>> = {
  'as-forecast': 'As forecast.',
  'more-denied': 'More than forecast.',
  'fewer-denied': 'Fewer than forecast.',
}

function Summary({ comparison }: { readonly comparison: ForecastComparison }) {
  const { at, requests, denied, verdict, callers } = comparison
  if (requests === 0) return <p>No request was decided since {toMomentWords(at)}.</p>
  const forecast = Math.round(comparison.forecast)
  const isUnforeseen = callers.some(({ isForeseen }) => !isForeseen)
  return (
    <p>
      <span className="font-medium">{toCount(denied)}</span> of {toPlural(requests, 'request')} denied (
      {toShare(denied, requests)}); the forecast says <span className="font-medium">{toCount(forecast)}</span> (
      {toShare(forecast, requests)}).{' '}
      {isUnforeseen ? `Of the callers it names: ${VERDICT_WORDS[verdict].toLowerCase()}` : VERDICT_WORDS[verdict]}
    </p>
  )
}

const DIFFERENCE_MIN = 1

/** Those of whom other requests were denied than was to be expected. */
function ForeseenCallers({ callers }: Pick<ForecastComparison, 'callers'>) {
  const others = callers.filter(
    ({ isForeseen, denied, forecast }) => isForeseen && Math.abs(denied - forecast) > DIFFERENCE_MIN,
  )
  if (others.length === 0) return null
  return (
    <ul aria-label="Callers that differ from their forecast" className="text-muted">
      {others.map(({ caller, requests, denied, forecast }) => (
        <li key={caller.key}>
          <span className="text-text">{caller.name}</span>: {toCount(denied)} of {toPlural(requests, 'request')} denied,
          forecast {toCount(Math.round(forecast))}
        </li>
      ))}
    </ul>
  )
}

const Legend = () => (
  <div className="flex flex-wrap gap-x-4 text-xs text-muted">
    <span className="inline-flex items-center gap-1.5">
      <LineSwatch className="stroke-denied-fill" width={2} />
      Denied
    </span>
    <span className="inline-flex items-center gap-1.5">
      <LineSwatch className="stroke-log-only-fill" width={6} />
      Forecast
    </span>
  </div>
)

const LineSwatch = ({ className, width }: { readonly className: string; readonly width: number }) => (
  <svg aria-hidden width="18" height="6" className={className}>
    <line x1="0" x2="18" y1="3" y2="3" strokeWidth={width} />
  </svg>
)

function Unforeseen({ endpointId, callers }: { readonly endpointId: string } & Pick<ForecastComparison, 'callers'>) {
  const toPath = useEnvironmentPath()
  const unforeseen = callers.filter(({ isForeseen }) => !isForeseen)
  if (unforeseen.length === 0) return <p className="text-muted">Nobody was denied whom the forecast did not name.</p>
  return (
    <div role="note" className="flex gap-2 rounded-lg bg-denied-tint px-3 py-2 text-denied">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p>
        Denied, though not forecast:{' '}
        {unforeseen.map(({ caller, denied }, index) => (
          <span key={caller.key}>
            {index > 0 && ', '}
            <Link
              href={toPath(
                `/decisions?${new URLSearchParams({ endpoint: endpointId, caller: caller.key, outcome: 'denied' }).toString()}`,
              )}
              className="underline underline-offset-2"
            >
              {caller.name}
            </Link>{' '}
            ({toCount(denied)})
          </span>
        ))}
        .
      </p>
    </div>
  )
}
