'use client'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import { classNames } from '@/components/ui/class-names.ts'
import { Skeleton } from '@/components/ui/skeleton.tsx'
import { whenLoaded } from '@/components/ui/when-idle.ts'
import { toShortCount } from '@/components/ui/words.ts'
import { useHydrated, useNarrow } from '@/components/ui/data-table/use-media.ts'
import { ChartTable } from './chart-table.tsx'
import { toCoarserSeries } from './coarser-series.ts'
import { toSeriesStyles, type Series, type SeriesBy } from './series-styles.ts'
import type { TimeSpan } from './stacked-bars.tsx'
import { Swatch } from './swatch.tsx'

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
  readonly by?: SeriesBy
  readonly size?: keyof typeof HEIGHTS
  /** Series left out until asked for: allowed requests would dwarf the denials. */
  readonly hiddenAtFirst?: readonly string[]
  /** Fewer and wider bars where there is little room. */
  readonly bucketsMax?: number
  readonly onBrush?: ((span: TimeSpan) => void) | undefined
}

const NARROW_BUCKETS_MAX = 40
const NO_KEYS: readonly string[] = []

/** Decisions over time, stacked; the legend switches series, a table says the same to those who cannot see it. */
export function DecisionChart({
  label,
  series: given,
  by = 'outcome',
  size = 'md',
  hiddenAtFirst = NO_KEYS,
  bucketsMax = 120,
  onBrush,
}: DecisionChartProps) {
  // Times are told in the person's own time zone, which the server does not know.
  const isHydrated = useHydrated()
  const most = Math.min(bucketsMax, useNarrow() ? NARROW_BUCKETS_MAX : bucketsMax)
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
      <div className="flex min-h-6 flex-wrap items-center gap-x-1 gap-y-0.5">
        {series === undefined && <Skeleton className="h-4 w-64" />}
        {styles.toReversed().map((style) => (
          <button
            key={style.key}
            type="button"
            aria-pressed={!hidden.has(style.key)}
            onClick={() => {
              toggle(style.key)
            }}
            className={classNames(
              'inline-flex h-6 items-center gap-1.5 rounded-sm px-1.5 text-xs hover:bg-hover',
              hidden.has(style.key) ? 'text-faint line-through' : 'text-muted',
            )}
          >
            <Swatch style={style} />
            {style.label}
            <span className="tabular-nums">{toShortCount(sumOf(given, style.key))}</span>
          </button>
        ))}
      </div>
      <div className={HEIGHT_CLASSES[size]}>
        {series === undefined ? (
          <Skeleton className="h-full" />
        ) : (
          <StackedBars series={series} styles={shown} height={HEIGHTS[size]} onBrush={onBrush} />
        )}
      </div>
      {isHydrated && series !== undefined && <ChartTable label={label} series={series} styles={styles} />}
    </figure>
  )
}

const sumOf = (series: Series | undefined, key: string): number =>
  (series?.series.find((each) => each.key === key)?.counts ?? []).reduce((sum, count) => sum + count, 0)
