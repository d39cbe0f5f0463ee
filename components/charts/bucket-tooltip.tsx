'use client'
import type { TooltipContentProps } from 'recharts'
import { toCount } from '@/components/ui/words.ts'
import { toBucketWords } from './bucket-words.ts'
import { Swatch } from './swatch.tsx'
import type { SeriesStyle } from './series-styles.ts'

interface BucketTooltipProps extends Partial<TooltipContentProps<number, string>> {
  readonly styles: readonly SeriesStyle[]
  readonly bucketSeconds: number
}

export function BucketTooltip({ active, payload, label, styles, bucketSeconds }: BucketTooltipProps) {
  if (active !== true || payload === undefined || label === undefined) return null
  const counts = new Map(payload.map(({ dataKey, value }) => [String(dataKey), Number(value)]))
  const lines = styles.flatMap((style) => {
    const count = counts.get(style.key) ?? 0
    return count === 0 ? [] : [{ style, count }]
  })
  return (
    <div className="min-w-44 rounded-lg bg-raised px-3 py-2 text-xs shadow-float">
      <p className="mb-1 font-medium">{toBucketWords(String(label), bucketSeconds)}</p>
      {lines.length === 0 && <p className="text-muted">No decisions</p>}
      {lines.toReversed().map(({ style, count }) => (
        <p key={style.key} className="flex items-center gap-2">
          <Swatch style={style} />
          <span className="flex-1 text-muted">{style.label}</span>
          <span className="tabular-nums">{toCount(count)}</span>
        </p>
      ))}
    </div>
  )
}
