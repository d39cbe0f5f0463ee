'use client'
import {
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts'
import { toCount, toShortCount } from '@/components/ui/words.ts'
import { toBucketWords, toTickWords } from './bucket-words.ts'
import { AXIS_HEIGHT, PLOT_LEFT, PLOT_RIGHT, PLOT_TOP } from './plot-size.ts'

interface Point {
  readonly at: string
  readonly requests: number
  readonly forecast: number | null
  readonly denied: number | null
}

export interface ForecastLinesProps {
  readonly points: readonly Point[]
  readonly bucketSeconds: number
  /** The last bucket is not over yet, and left out. */
  readonly isOpen: boolean
  readonly height: number
}

/** Two lines on one axis; loaded lazily and never rendered on the server, because recharts writes inline styles. */
export function ForecastLines({ points, bucketSeconds, isOpen, height }: ForecastLinesProps) {
  const spanSeconds = points.length * bucketSeconds
  const dot = points.length < DOTS_MAX
  return (
    <ResponsiveContainer width="100%" height={height}>
      <LineChart
        data={[...(isOpen && points.length > 1 ? points.slice(0, -1) : points)]}
        margin={{ top: PLOT_TOP, right: PLOT_RIGHT, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="at"
          tickFormatter={(at: string) => toTickWords(at, spanSeconds)}
          tick={TICK}
          tickLine={false}
          axisLine={AXIS}
          minTickGap={48}
          height={AXIS_HEIGHT}
        />
        <YAxis
          tickFormatter={(count: number) => toShortCount(count)}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={PLOT_LEFT}
          allowDecimals={false}
        />
        <Tooltip
          content={<PointTooltip bucketSeconds={bucketSeconds} />}
          cursor={{ stroke: 'var(--color-line-strong)' }}
          isAnimationActive={false}
        />
        <Line
          dataKey="forecast"
          stroke={FORECAST_STROKE}
          strokeWidth={FORECAST_WIDTH}
          strokeLinecap="round"
          strokeLinejoin="round"
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
        <Line dataKey="denied" stroke={DENIED_STROKE} strokeWidth={1.5} dot={dot} isAnimationActive={false} />
      </LineChart>
    </ResponsiveContainer>
  )
}

const DOTS_MAX = 24
/** Broad, so that it shows under a line that keeps to it. */
const FORECAST_WIDTH = 6
const FORECAST_STROKE = 'var(--color-log-only-fill)'
const DENIED_STROKE = 'var(--color-denied-fill)'
const TICK = { fill: 'var(--color-faint)', fontSize: 11 }
const AXIS = { stroke: 'var(--color-line-strong)' }

interface PointTooltipProps extends Partial<TooltipContentProps<number, string>> {
  readonly bucketSeconds: number
}

function PointTooltip({ active, payload, label, bucketSeconds }: PointTooltipProps) {
  const point = payload?.[0]?.payload as Point | undefined // the rows the chart was given
  if (active !== true || point === undefined) return null
  return (
    <div className="min-w-44 rounded-lg bg-raised px-3 py-2 text-xs shadow-float">
      <p className="mb-1 font-medium">{toBucketWords(String(label), bucketSeconds)}</p>
      {point.forecast === null || point.denied === null ? (
        <p className="text-muted">No report</p>
      ) : (
        <>
          <Amount name="Denied" count={toCount(point.denied)} />
          <Amount name="Forecast" count={toCount(Math.round(point.forecast * 10) / 10)} />
          <Amount name="Requests" count={toCount(point.requests)} />
        </>
      )}
    </div>
  )
}

const Amount = ({ name, count }: { readonly name: string; readonly count: string }) => (
  <p className="flex gap-2">
    <span className="flex-1 text-muted">{name}</span>
    <span className="tabular-nums">{count}</span>
  </p>
)
