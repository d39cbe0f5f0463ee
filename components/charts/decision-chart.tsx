'use client'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { Skeleton } from '@/components/ui/skeleton.tsx'
import { whenLoaded } from '@/components/ui/when-idle.ts'
import { useNarrow } from '@/components/ui/data-table/use-media.ts'
import { ChartLegend } from './chart-legend.tsx'
import { toCoarserSeries } from './coarser-series.ts'
import { toSeriesStyles, type PickSeries, type Series, type SeriesBy } from './series-styles.ts'
import type { TimeSpan } from './stacked-bars.tsx'

/** Larger than the page around it, so that it comes right after it, whether or not the numbers are there yet. */
const loadBars = async () => {
  await new Promise<void>(whenLoaded)
  return (await import('./stacked-bars.tsx')).StackedBars
}
if (typeof window !== 'undefined') void loadBars()

const StackedBars = dynamic(loadBars, { ssr: false, loading: () => <Skeleton className="h-full" /> })

const HEIGHTS = { sm: 144, md: 208, lg: 264 } as const
const HEIGHT_CLASSES = { sm: 'h-36', md: 'h-52', lg: 'h-66' } as const

interface DecisionChartProps {
  /** What is counted, for screen readers. */
  readonly label: string
  readonly series: Series | undefined
  readonly marks?: readonly ModeChangeMark[] | undefined
  readonly by?: SeriesBy
  readonly size?: keyof typeof HEIGHTS
  /** Series left out until asked for: allowed requests would dwarf the denials. */
  readonly hiddenAtFirst?: readonly string[]
  /** Fewer and wider bars where there is little room. */
  readonly bucketsMax?: number
  readonly onBrush?: ((span: TimeSpan) => void) | undefined
  /** The way out of a span that was looked at closer. */
  readonly onBack?: (() => void) | undefined
  readonly pick?: PickSeries | undefined
}

const NARROW_BUCKETS_MAX = 40
/** Marks of a size that can be pressed. */
const ROOM = { wide: 24, narrow: 10 } as const
const NO_KEYS: readonly string[] = []
const NO_MARKS: readonly ModeChangeMark[] = []

/** Decisions over time, stacked; the legend switches series, a table says the same to those who cannot see it. */
export function DecisionChart({
  label,
  series: given,
  marks = NO_MARKS,
  by = 'outcome',
  size = 'md',
  hiddenAtFirst = NO_KEYS,
  bucketsMax = 120,
  onBrush,
  onBack,
  pick,
}: DecisionChartProps) {
  const isNarrow = useNarrow()
  const most = Math.min(bucketsMax, isNarrow ? NARROW_BUCKETS_MAX : bucketsMax)
  const series = useMemo(() => given && toCoarserSeries(given, most), [given, most])
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(hiddenAtFirst))
  const styles = useMemo(() => (series === undefined ? [] : toSeriesStyles(by, series.series)), [by, series])
  const shown = styles.filter(({ key }) => !hidden.has(key))
  const toggle = (key: string) => {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    setHidden(next)
  }
  return (
    <figure aria-label={label} className="space-y-2">
      <ChartLegend
        series={series}
        total={given}
        styles={styles}
        hidden={hidden}
        hasMarks={marks.length > 0}
        onToggle={toggle}
        pick={pick}
      />
      <div className={HEIGHT_CLASSES[size]}>
        {series === undefined ? (
          <Skeleton className="h-full" />
        ) : (
          <StackedBars
            label={label}
            series={series}
            styles={shown}
            allStyles={styles}
            marks={marks}
            room={isNarrow ? ROOM.narrow : ROOM.wide}
            height={HEIGHTS[size]}
            onBrush={onBrush}
            onBack={onBack}
            pick={pick}
          />
        )}
      </div>
    </figure>
  )
}
