'use client'
import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import dynamic from 'next/dynamic'
import { seriesQuery } from '#lib/client/decisions.ts'
import { modeChangesQuery } from '#lib/client/mode-changes.ts'
import type { ModeChange } from '#lib/client/object-types.ts'
import { toMomentWords } from '../charts/bucket-words.ts'
import { toCoarserSeries } from '../charts/coarser-series.ts'
import { useEnvironment, useEnvironmentPath } from '../shell/environment-context.tsx'
import { useHydrated, useNarrow } from '../ui/data-table/use-media.ts'
import { Link } from '../ui/link.tsx'
import { useNow } from '../ui/now.ts'
import { Panel } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toCount, toPlural, toShare } from '../ui/words.ts'
import {
  findEnforcedRun,
  sumPoints,
  toComparedFrom,
  toForecastPoints,
  toForecastShare,
  type EnforcedRun,
  type ForecastTotals,
} from './forecast-points.ts'
import { ForecastTable } from './forecast-table.tsx'

const HEIGHT = 176
const ForecastLines = dynamic(async () => (await import('../charts/forecast-lines.tsx')).ForecastLines, {
  ssr: false,
  loading: () => <Skeleton className="h-full" />,
})

/** While an endpoint is enforced: the denials that came beside those that were forecast. */
export function ForecastPanel({ endpointId }: { readonly endpointId: string }) {
  const { data } = useQuery(modeChangesQuery(useEnvironment(), endpointId))
  const run = data === undefined ? null : findEnforcedRun(data.items)
  return run && <ForecastAndActual endpointId={endpointId} run={run} />
}

const BUCKETS_MAX = { wide: 90, narrow: 40 } as const

interface ForecastAndActualProps {
  readonly endpointId: string
  readonly run: EnforcedRun
}

function ForecastAndActual({ endpointId, run }: ForecastAndActualProps) {
  const [change] = run
  const environment = useEnvironment()
  const now = useNow()
  const bucketsMax = useNarrow() ? BUCKETS_MAX.narrow : BUCKETS_MAX.wide
  const filter = {
    endpoint: endpointId,
    mode: 'enforce',
    by: 'outcome',
    from: toComparedFrom(change, now ?? 0),
  } as const
  const { data } = useQuery({ ...seriesQuery(environment, filter), enabled: now !== null })
  const series = data && toCoarserSeries(data, bucketsMax)
  const share = toForecastShare(run)
  const points = series && toForecastPoints(series, share)
  const isHydrated = useHydrated()
  return (
    <Panel
      id="forecast"
      title="Forecast and actual"
      description="Denials since the last change, beside what the forecast says of the same requests"
    >
      <figure aria-label="Denials, forecast and actual" className="space-y-2">
        {data === undefined ? (
          <Skeleton className="h-10" />
        ) : (
          <Summary change={change} totals={sumPoints(toForecastPoints(data, share))} />
        )}
        <Legend />
        <div className="h-44">
          {points === undefined || series === undefined ? (
            <Skeleton className="h-full" />
          ) : (
            <ForecastLines points={points} bucketSeconds={series.bucketSeconds} height={HEIGHT} />
          )}
        </div>
        {isHydrated && series !== undefined && points !== undefined && (
          <ForecastTable points={points} bucketSeconds={series.bucketSeconds} />
        )}
        <Unforeseen endpointId={endpointId} change={change} />
      </figure>
    </Panel>
  )
}

function Summary({ change, totals }: { readonly change: ModeChange; readonly totals: ForecastTotals }) {
  const { requests, denied, forecast } = totals
  if (requests === 0) return <p>No request was decided since {toMomentWords(change.at)}.</p>
  return (
    <p>
      <span className="font-medium">{toCount(denied)}</span> of {toPlural(requests, 'request')} denied (
      {toShare(denied, requests)}); the forecast says <span className="font-medium">{toCount(forecast)}</span> (
      {toShare(forecast, requests)}). {toVerdict(totals)}
    </p>
  )
}

/** Chance alone moves a count by about the square root of what is expected. */
function toVerdict({ denied, forecast }: ForecastTotals): string {
  const spread = 2 * Math.sqrt(Math.max(1, forecast))
  if (denied > forecast + spread) return 'More than forecast.'
  if (denied < forecast - spread) return 'Fewer than forecast.'
  return 'As forecast.'
}

const Legend = () => (
  <div className="flex flex-wrap gap-x-4 text-xs text-muted">
    <span className="inline-flex items-center gap-1.5">
      <LineSwatch className="stroke-denied-fill" />
      Denied
    </span>
    <span className="inline-flex items-center gap-1.5">
      <LineSwatch className="stroke-log-only-fill" isDashed />
      At the forecast rate
    </span>
  </div>
)

const LineSwatch = ({ className, isDashed = false }: { readonly className: string; readonly isDashed?: boolean }) => (
  <svg aria-hidden width="18" height="6" className={className}>
    <line x1="0" x2="18" y1="3" y2="3" strokeWidth="2" strokeDasharray={isDashed ? '5 3' : undefined} />
  </svg>
)

function Unforeseen({ endpointId, change }: { readonly endpointId: string; readonly change: ModeChange }) {
  const toPath = useEnvironmentPath()
  const unforeseen = change.actual?.unforeseen ?? []
  if (change.actual === null) return null
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
