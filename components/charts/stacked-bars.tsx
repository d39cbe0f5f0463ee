'use client'
import { useId, useMemo, useRef, useState, type ReactNode } from 'react'
import { Bar, BarChart, CartesianGrid, ReferenceArea, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { HatchPattern } from '@/components/ui/proportion-bar.tsx'
import { toShortCount } from '@/components/ui/words.ts'
import { BucketTooltip } from './bucket-tooltip.tsx'
import { toAxisTicks } from './axis-ticks.ts'
import { toClockWords, toDayWords } from './bucket-words.ts'
import { ChartTable } from './chart-table.tsx'
import { gapFill, GapPattern } from './gap-pattern.tsx'
import { ModeChangeMarks } from './mode-change-marks.tsx'
import { AXIS_HEIGHT, MARKS_HEIGHT, PLOT_LEFT, PLOT_RIGHT, PLOT_TOP } from './plot-size.ts'
import { partOf } from './series-gaps.ts'
import type { PickSeries, Series, SeriesStyle } from './series-styles.ts'
import { useBucketCursor } from './use-bucket-cursor.ts'

export interface TimeSpan {
  readonly from: string
  readonly to: string
}

export interface StackedBarsProps {
  readonly label: string
  readonly series: Series
  /** Those that are drawn. */
  readonly styles: readonly SeriesStyle[]
  /** Those that the table tells of. */
  readonly allStyles: readonly SeriesStyle[]
  readonly marks: readonly ModeChangeMark[]
  /** Marks that can stand side by side. */
  readonly room: number
  readonly height: number
  /** Told when buckets are brushed over with the pointer, or chosen with the keyboard. */
  readonly onBrush: ((span: TimeSpan) => void) | undefined
  readonly onBack: (() => void) | undefined
  readonly pick: PickSeries | undefined
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

/**
 * Stacked bars over time; loaded lazily and never rendered on the server, because recharts writes inline styles and because times
 * are told in the person's own time zone, which the server does not know.
 */
export function StackedBars(props: StackedBarsProps) {
  const { label, series, styles, allStyles, marks, room, onBrush } = props
  const cursor = useBucketCursor(props)
  return (
    <div className="relative h-full">
      <div
        {...cursor.props}
        aria-label={`${label}, bar by bar`}
        className="h-full rounded-sm focus-visible:outline-2 focus-visible:outline-focus"
      >
        <Bars {...props} chosen={cursor.chosen} />
      </div>
      {marks.length > 0 && <ModeChangeMarks series={series} marks={marks} room={room} />}
      {cursor.chosen !== null && styles.length > 0 && (
        <p
          aria-hidden
          className="pointer-events-none absolute top-full left-0 z-10 mt-1 max-w-full truncate rounded-md bg-raised px-2 py-1 text-xs shadow-float"
        >
          {cursor.words}
          {onBrush !== undefined && <span className="text-faint"> · Shift and arrows choose, Enter looks closer</span>}
        </p>
      )}
      <ChartTable label={label} series={series} styles={allStyles} marks={marks} />
    </div>
  )
}

interface BarsProps extends StackedBarsProps {
  readonly chosen: Brush | null
}

function Bars({ series, styles, marks, room, height, onBrush, pick, chosen }: BarsProps) {
  const [hatchId, gapId] = [useId(), useId()]
  const [brush, setBrush] = useState<Brush | null>(null)
  /** Drawing anything at the press itself would replace the bars, and the click would reach none of them. */
  const pressed = useRef<string | null>(null)
  const rows = useMemo(() => toRows(series), [series])
  const ticks = useMemo(() => toAxisTicks(series.buckets, series.bucketSeconds, room * TICKS_PER_MARK), [series, room])
  const forget = () => {
    pressed.current = null
    setBrush(null)
  }
  const finish = () => {
    if (brush !== null && brush.start !== brush.end && onBrush) onBrush(toSpan(brush, series.bucketSeconds))
    forget()
  }
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart
        data={rows}
        margin={{ top: marks.length > 0 ? MARKS_HEIGHT : PLOT_TOP, right: PLOT_RIGHT, bottom: 0, left: 0 }}
        barCategoryGap={1}
        accessibilityLayer={false}
        className={onBrush ? 'cursor-crosshair select-none' : ''}
        onMouseDown={({ activeLabel }) => {
          if (onBrush && activeLabel !== undefined) pressed.current = String(activeLabel)
        }}
        onMouseMove={({ activeLabel }) => {
          const start = pressed.current
          if (start === null || activeLabel === undefined) return
          if (brush !== null || start !== String(activeLabel)) setBrush({ start, end: String(activeLabel) })
        }}
        onMouseUp={finish}
        onMouseLeave={forget}
      >
        <HatchPattern id={hatchId} />
        <GapPattern id={gapId} />
        <CartesianGrid vertical={false} stroke="var(--color-line)" />
        {toGapAreas(series, gapId)}
        <XAxis
          dataKey="at"
          ticks={ticks.at}
          interval={0}
          tickFormatter={ticks.isByDay ? toDayWords : toClockWords}
          tick={TICK}
          tickLine={false}
          axisLine={AXIS}
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
          content={<BucketTooltip series={series} styles={styles} marks={marks} />}
          cursor={{ fill: 'var(--color-hover)' }}
          isAnimationActive={false}
        />
        {styles.map(({ key, fill, isHatched }) => {
          const choose = pick?.(key)
          return (
            <Bar
              key={key}
              dataKey={key}
              stackId="all"
              fill={isHatched ? `url(#${hatchId})` : fill}
              isAnimationActive={false}
              {...(choose === undefined ? {} : { className: 'cursor-pointer', onClick: choose.run })}
            />
          )
        })}
        {toChosenArea(brush ?? chosen)}
      </BarChart>
    </ResponsiveContainer>
  )
}

/** A tick has as much room as two or three marks. */
const TICKS_PER_MARK = 0.4

const TICK = { fill: 'var(--color-faint)', fontSize: 11 }
const AXIS = { stroke: 'var(--color-line-strong)' }

/** Under the bars: what is not known, and in outline what is counted in part. */
function toGapAreas(series: Series, gapId: string): ReactNode {
  const { buckets, gaps } = series
  const areas = gaps.flatMap(({ from, to, kind }) => {
    const end = buckets.findLast((at) => at < to)
    return end === undefined
      ? []
      : [<ReferenceArea key={from} x1={from} x2={end} fill={gapFill(kind, gapId)} fillOpacity={1} />]
  })
  const parts = buckets
    .filter((at) => partOf(series, at) !== null)
    .map((at) => (
      <ReferenceArea
        key={`part ${at}`}
        x1={at}
        x2={at}
        fill="var(--color-transparent)"
        stroke="var(--color-control)"
        strokeDasharray="2 2"
        className="pointer-events-none"
      />
    ))
  return [...areas, ...parts]
}

const toChosenArea = (chosen: Brush | null): ReactNode =>
  chosen && (
    <ReferenceArea
      x1={chosen.start}
      x2={chosen.end}
      className="pointer-events-none"
      fill="var(--color-focus)"
      fillOpacity={0.18}
      stroke="var(--color-focus)"
      strokeOpacity={0.5}
    />
  )

function toSpan({ start, end }: Brush, bucketSeconds: number): TimeSpan {
  const [from, last] = start <= end ? [start, end] : [end, start]
  return { from, to: new Date(new Date(last).getTime() + bucketSeconds * 1_000).toISOString() }
}
