import { toCount } from '@/components/ui/words.ts'
import { GAP_WORDS, gapOf, PART_WORDS, partOf } from './series-gaps.ts'
import type { Series, SeriesStyle } from './series-styles.ts'

/** What the shown series count in some adjacent buckets: "Denied 4, Allowed 120". */
export function toBucketSummary(series: Series, styles: readonly SeriesStyle[], first: number, last: number): string {
  const chosen = series.buckets.slice(first, last + 1)
  const gaps = new Set(chosen.map((at) => gapOf(series, at)))
  const parts = new Set(chosen.map((at) => partOf(series, at)))
  const counts = styles.toReversed().flatMap(({ key, label }) => {
    const all = series.series.find((each) => each.key === key)?.counts ?? []
    const count = all.slice(first, last + 1).reduce((sum, each) => sum + each, 0)
    return count === 0 ? [] : [`${label} ${toCount(count)}`]
  })
  return [
    ...(counts.length === 0 && gaps.has(null) ? ['No decisions'] : counts),
    ...[...gaps].flatMap((gap) => (gap === null ? [] : [GAP_WORDS[gap].toLowerCase()])),
    ...[...parts].flatMap((part) => (part === null ? [] : [PART_WORDS[part].toLowerCase()])),
  ].join(', ')
}
