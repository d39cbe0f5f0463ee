'use client'
import { useId, useMemo, useState } from 'react'
import { Bar, BarChart, CartesianGrid, ReferenceArea, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { HatchPattern } from '@/components/ui/proportion-bar.tsx'
import { toShortCount } from '@/components/ui/words.ts'
import { BucketTooltip } from './bucket-tooltip.tsx'
import { toTickWords } from './bucket-words.ts'
import type { Series, SeriesStyle } from './series-styles.ts'

export interface TimeSpan {
  readonly from: string
  readonly to: string
}

export interface StackedBarsProps {
  readonly series: Series
  readonly styles: readonly SeriesStyle[]
  readonly height: number
  /** Told when buckets are brushed over with the pointer. */
  readonly onBrush: ((span: TimeSpan) => void) | undefined
}

interface Brush {
  readonly start: string
  readonly end: string
}

type Row = { readonly at: string } & Readonly<Record<string, number | string>>

function toRows({ buckets, series }: Series): Row[] {
  return buckets.map(
    (at, index) =>
      Object.fromEntries([['at', at], ...series.map(({ key, counts }) => [key, counts[index] ?? 0])]) as Row,
  ) // the pairs above
}

/** Stacked bars over time; loaded lazily and never rendered on the server, because recharts writes inline styles. */
export function StackedBars({ series, styles, height, onBrush }: StackedBarsProps) {
  const hatchId = useId()
  const [brush, setBrush] = useState<Brush | null>(null)
  const rows = useMemo(() => toRows(series), [series])
  const spanSeconds = series.buckets.length * series.bucketSeconds
  const finish = () => {
    if (brush !== null && onBrush) onBrush(toSpan(brush, series.bucketSeconds))
    setBrush(null)
  }
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart
        data={rows}
        margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        barCategoryGap={1}
        className={onBrush ? 'cursor-crosshair select-none' : ''}
        onMouseDown={({ activeLabel }) => {
          if (onBrush && activeLabel !== undefined) setBrush({ start: String(activeLabel), end: String(activeLabel) })
        }}
        onMouseMove={({ activeLabel }) => {
          if (brush !== null && activeLabel !== undefined) setBrush({ ...brush, end: String(activeLabel) })
        }}
        onMouseUp={finish}
        onMouseLeave={() => {
          setBrush(null)
        }}
      >
        <HatchPattern id={hatchId} />
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        <XAxis
          dataKey="at"
          tickFormatter={(at: string) => toTickWords(at, spanSeconds)}
          tick={TICK}
          tickLine={false}
          axisLine={AXIS}
          minTickGap={48}
          height={24}
        />
        <YAxis
          tickFormatter={(count: number) => toShortCount(count)}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={44}
          allowDecimals={false}
        />
        <Tooltip
          content={<BucketTooltip styles={styles} bucketSeconds={series.bucketSeconds} />}
          cursor={{ fill: 'var(--color-hover)' }}
          isAnimationActive={false}
        />
        {styles.map(({ key, fill, isHatched }) => (
          <Bar
            key={key}
            dataKey={key}
            stackId="all"
            fill={isHatched ? `url(#${hatchId})` : fill}
            isAnimationActive={false}
          />
        ))}
        {brush !== null && (
          <ReferenceArea
            x1={brush.start}
            x2={brush.end}
            fill="var(--color-focus)"
            fillOpacity={0.18}
            stroke="var(--color-focus)"
            strokeOpacity={0.5}
          />
        )}
      </BarChart>
    </ResponsiveContainer>
  )
}

const TICK = { fill: 'var(--color-faint)', fontSize: 11 }
const AXIS = { stroke: 'var(--color-line-strong)' }

function toSpan({ start, end }: Brush, bucketSeconds: number): TimeSpan {
  const [from, last] = start <= end ? [start, end] : [end, start]
  return { from, to: new Date(new Date(last).getTime() + bucketSeconds * 1_000).toISOString() }
}
