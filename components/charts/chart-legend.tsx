import { Filter, FilterX, Repeat2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '@/components/ui/class-names.ts'
import { Skeleton } from '@/components/ui/skeleton.tsx'
import { toShortCount } from '@/components/ui/words.ts'
import { GAP_DETAILS, GAP_WORDS, PART_WORDS, partOf, type GapKind, type Part } from './series-gaps.ts'
import type { PickSeries, Series, SeriesStyle } from './series-styles.ts'
import { GapSwatch, PartSwatch, Swatch } from './swatch.tsx'

interface ChartLegendProps {
  /** As it is drawn. */
  readonly series: Series | undefined
  /** All that was counted, also where the drawing leaves out some. */
  readonly total: Series | undefined
  readonly styles: readonly SeriesStyle[]
  readonly hidden: ReadonlySet<string>
  readonly hasMarks: boolean
  readonly onToggle: (key: string) => void
  readonly pick: PickSeries | undefined
}

/** What the fills mean; each series can be switched, and where the page can, become what it shows alone. */
export const ChartLegend = ({ series, total, styles, hidden, hasMarks, onToggle, pick }: ChartLegendProps) => (
  <div className="flex min-h-6 flex-wrap items-center gap-x-1 gap-y-0.5">
    {series === undefined && <Skeleton className="h-4 w-64" />}
    {styles.toReversed().map((style) => (
      <span key={style.key} className="inline-flex max-w-full items-center">
        <button
          type="button"
          aria-pressed={!hidden.has(style.key)}
          title={style.label}
          onClick={() => {
            onToggle(style.key)
          }}
          className={classNames(
            'inline-flex h-6 min-w-0 items-center gap-1.5 rounded-sm px-1.5 text-xs hover:bg-hover',
            hidden.has(style.key) ? 'text-faint line-through' : 'text-muted',
          )}
        >
          <Swatch style={style} />
          <span className="max-w-72 truncate">{style.label}</span>
          <span className="tabular-nums">{toShortCount(sumOf(total, style.key))}</span>
        </button>
        <PickButton label={style.label} choice={pick?.(style.key)} />
      </span>
    ))}
    {series !== undefined && <Notes series={series} hasMarks={hasMarks} />}
  </div>
)

const PickButton = ({ label, choice }: { readonly label: string; readonly choice: ReturnType<PickSeries> }) =>
  choice && (
    <button
      type="button"
      aria-label={choice.isPicked ? `Not only ${label}` : `Only ${label}`}
      title={choice.isPicked ? `Not only ${label}` : `Only ${label}`}
      onClick={choice.run}
      className="inline-flex size-6 items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-text"
    >
      {choice.isPicked ? <FilterX aria-hidden className="size-3" /> : <Filter aria-hidden className="size-3" />}
    </button>
  )

function Notes({ series, hasMarks }: { readonly series: Series; readonly hasMarks: boolean }) {
  const kinds = [...new Set<GapKind>(series.gaps.map(({ kind }) => kind))]
  const ends = [series.buckets[0], series.buckets.at(-1)]
  const parts = [...new Set(ends.flatMap((at) => (at === undefined ? [] : (partOf(series, at) ?? []))))]
  return (
    <>
      {kinds.map((kind) => (
        <Note key={kind} title={GAP_DETAILS[kind]} swatch={<GapSwatch kind={kind} />}>
          {GAP_WORDS[kind]}
        </Note>
      ))}
      {parts.map((part) => (
        <Note key={part} title={PART_DETAILS[part]} swatch={<PartSwatch />}>
          {PART_WORDS[part]}
        </Note>
      ))}
      {hasMarks && (
        <Note title="A mode was changed" swatch={<Repeat2 aria-hidden className="size-3" />}>
          Mode change
        </Note>
      )}
    </>
  )
}

const PART_DETAILS: Readonly<Record<Part, string>> = {
  open: 'The last bar still grows',
  cut: 'A bar that the chosen span cuts',
}

interface NoteProps {
  readonly title: string
  readonly swatch: ReactNode
  readonly children: ReactNode
}

const Note = ({ title, swatch, children }: NoteProps) => (
  <span title={title} className="inline-flex h-6 items-center gap-1.5 px-1.5 text-xs text-faint">
    {swatch}
    {children}
  </span>
)

const sumOf = (series: Series | undefined, key: string): number =>
  (series?.series.find((each) => each.key === key)?.counts ?? []).reduce((sum, count) => sum + count, 0)
