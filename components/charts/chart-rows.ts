import type { ModeChangeMark } from '#lib/client/object-types.ts'
import { toCount } from '@/components/ui/words.ts'
import { toBucketWords, toSpanWords } from './bucket-words.ts'
import { toMarkWords } from './mark-words.ts'
import { GAP_DETAILS, GAP_WORDS, gapOf, PART_WORDS, partOf } from './series-gaps.ts'
import type { Series, SeriesStyle } from './series-styles.ts'

export interface ChartRow {
  readonly key: string
  readonly time: string
  /** In the order of the styles; null where nothing is known. */
  readonly counts: readonly string[] | null
  readonly note: string
}

/** A chart in rows: buckets with decisions, stretches of which nothing is known, and when modes changed. Others had no decision. */
export function toChartRows(
  series: Series,
  styles: readonly SeriesStyle[],
  marks: readonly ModeChangeMark[],
): ChartRow[] {
  const known = series.buckets.filter((at) => gapOf(series, at) === null)
  const rows = known.flatMap((at) => toBucketRow(series, styles, at, marksIn(marks, at, series.bucketSeconds)))
  const gaps = series.gaps.map((gap): ChartRow => {
    const inside = marks.filter(({ at }) => gap.from <= at && at < gap.to)
    return {
      key: gap.from,
      time: toSpanWords(gap.from, gap.to),
      counts: null,
      note: joinWords([`${GAP_WORDS[gap.kind]}. ${GAP_DETAILS[gap.kind]}`, ...inside.map(toMarkWords)]),
    }
  })
  return [...rows, ...gaps].toSorted((left, right) => left.key.localeCompare(right.key))
}

function toBucketRow(
  series: Series,
  styles: readonly SeriesStyle[],
  at: string,
  marks: readonly ModeChangeMark[],
): ChartRow[] {
  const index = series.buckets.indexOf(at)
  const counts = styles.map(({ key }) => series.series.find((each) => each.key === key)?.counts[index] ?? 0)
  const part = partOf(series, at)
  if (part === null && marks.length === 0 && counts.every((count) => count === 0)) return []
  return [
    {
      key: at,
      time: toBucketWords(at, series.bucketSeconds),
      counts: counts.map(toCount),
      note: joinWords([...(part === null ? [] : [PART_WORDS[part]]), ...marks.map(toMarkWords)]),
    },
  ]
}

/** Changes of the mode within a bucket. */
export const marksIn = (marks: readonly ModeChangeMark[], at: string, bucketSeconds: number): ModeChangeMark[] => {
  const end = new Date(Date.parse(at) + bucketSeconds * 1_000).toISOString()
  return marks.filter((mark) => at <= mark.at && mark.at < end)
}

const joinWords = (words: readonly string[]): string => words.map((each) => `${each}.`).join(' ')
