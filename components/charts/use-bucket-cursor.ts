'use client'
import { useState, type FocusEvent, type KeyboardEvent } from 'react'
import { moveCursor, toFirstAndLast, type BucketCursor } from './bucket-cursor.ts'
import { toBucketWords, toSpanWords } from './bucket-words.ts'
import { toBucketSummary } from './bucket-summary.ts'
import type { Series, SeriesStyle } from './series-styles.ts'
import type { TimeSpan } from './stacked-bars.tsx'

interface BucketCursorOptions {
  readonly series: Series
  readonly styles: readonly SeriesStyle[]
  readonly onBrush: ((span: TimeSpan) => void) | undefined
  readonly onBack: (() => void) | undefined
}

/** The buckets of a chart by keyboard: arrows move, with Shift they choose a span, Enter looks closer, Escape goes back. */
export function useBucketCursor({ series, styles, onBrush, onBack }: BucketCursorOptions) {
  const { buckets, bucketSeconds } = series
  const newest = Math.max(0, buckets.length - 1)
  const [cursor, setCursor] = useState<BucketCursor | null>(null)
  const [first, last] = toFirstAndLast(cursor ?? { anchor: newest, index: newest }).map((index) =>
    Math.min(index, newest),
  )
  const span = toSpan(series, first ?? newest, last ?? newest)
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = moveCursor(cursor ?? { anchor: newest, index: newest }, event.key, event.shiftKey, buckets.length)
    if (moved !== null) setCursor(moved)
    else if (event.key === 'Enter' && onBrush !== undefined && cursor !== null && span !== null) onBrush(span)
    else if (event.key === 'Escape' && onBack !== undefined) onBack()
    else return
    event.preventDefault()
  }
  const words =
    span === null ? '' : first === last ? toBucketWords(span.from, bucketSeconds) : toSpanWords(span.from, span.to)
  const summary = toBucketSummary(series, styles, first ?? newest, last ?? newest)
  return {
    /** What is chosen, as labels of the axis; null while the keyboard is elsewhere. */
    chosen: cursor === null || span === null ? null : { start: span.from, end: buckets[last ?? newest] ?? span.from },
    words: `${words}: ${summary}`,
    props: {
      role: 'slider',
      tabIndex: 0,
      'aria-valuemin': 0,
      'aria-valuemax': newest,
      'aria-valuenow': Math.min(cursor?.index ?? newest, newest),
      'aria-valuetext': `${words}: ${summary}`,
      'aria-orientation': 'horizontal',
      onKeyDown,
      onFocus: ({ currentTarget }: FocusEvent) => {
        if (currentTarget.matches(':focus-visible')) setCursor((before) => before ?? { anchor: newest, index: newest })
      },
      onBlur: () => {
        setCursor(null)
      },
    },
  } as const
}

function toSpan({ buckets, bucketSeconds }: Series, first: number, last: number): TimeSpan | null {
  const [from, end] = [buckets[first], buckets[last]]
  if (from === undefined || end === undefined) return null
  return { from, to: new Date(Date.parse(end) + bucketSeconds * 1_000).toISOString() }
}
