'use client'
import type { TooltipContentProps } from 'recharts'
import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { toCount } from '@/components/ui/words.ts'
import { toBucketWords } from './bucket-words.ts'
import { marksIn } from './chart-rows.ts'
import { toChangeWords, toEndpointWords } from './mark-words.ts'
import { GAP_DETAILS, GAP_WORDS, gapOf, PART_WORDS, partOf } from './series-gaps.ts'
import { Swatch } from './swatch.tsx'
import type { Series, SeriesStyle } from './series-styles.ts'

interface BucketTooltipProps extends Partial<TooltipContentProps<number, string>> {
  readonly series: Series
  readonly styles: readonly SeriesStyle[]
  readonly marks: readonly ModeChangeMark[]
}

const MARKS_SHOWN = 3

export function BucketTooltip({ active, payload, label, series, styles, marks }: BucketTooltipProps) {
  if (active !== true || payload === undefined || label === undefined) return null
  const at = String(label)
  const gap = gapOf(series, at)
  const part = partOf(series, at)
  const counts = new Map(payload.map(({ dataKey, value }) => [String(dataKey), Number(value)]))
  const lines = styles.flatMap((style) => {
    const count = counts.get(style.key) ?? 0
    return count === 0 ? [] : [{ style, count }]
  })
  return (
    <div className="max-w-80 min-w-44 rounded-lg bg-raised px-3 py-2 text-xs shadow-float">
      <p className="mb-1 font-medium">{toBucketWords(at, series.bucketSeconds)}</p>
      {gap !== null && (
        <p className="text-muted">
          {GAP_WORDS[gap]}. {GAP_DETAILS[gap]}.
        </p>
      )}
      {gap === null && lines.length === 0 && <p className="text-muted">No decisions</p>}
      {lines.toReversed().map(({ style, count }) => (
        <p key={style.key} className="flex items-center gap-2">
          <Swatch style={style} />
          <span className="flex-1 text-muted">{style.label}</span>
          <span className="tabular-nums">{toCount(count)}</span>
        </p>
      ))}
      {part !== null && <p className="mt-1 text-faint">{PART_WORDS[part]}</p>}
      <Changes marks={marksIn(marks, at, series.bucketSeconds)} />
    </div>
  )
}

function Changes({ marks }: { readonly marks: readonly ModeChangeMark[] }) {
  if (marks.length === 0) return null
  return (
    <div className="mt-1 border-t border-line pt-1">
      {marks.slice(0, MARKS_SHOWN).map((mark) => (
        <p key={mark.id} className="truncate">
          <span className="font-mono">{toEndpointWords(mark)}</span> {toChangeWords(mark)}
        </p>
      ))}
      {marks.length > MARKS_SHOWN && (
        <p className="text-muted">and {toCount(marks.length - MARKS_SHOWN)} more mode changes</p>
      )}
    </div>
  )
}
