import type { z } from 'zod'
import type { Series } from '../../contract/decisions.ts'
import type { Heard } from '#lib/store/decisions/read-heard.ts'
import { findGaps } from './find-gaps.ts'
import type { SeriesBuckets } from './series-buckets.ts'

/** All that a chart says besides its series: its buckets, what of them is counted, and the stretches of which nothing is known. */
export function toSeriesFrame(
  { bucketSeconds, buckets, countedFrom, countedTo }: SeriesBuckets,
  now: Date,
  counted: ReadonlySet<number>,
  heard: Heard,
): Omit<z.input<typeof Series>, 'series'> {
  const widthMs = bucketSeconds * 1_000
  return {
    bucketSeconds,
    buckets: buckets.map((at) => new Date(at).toISOString()),
    countedFrom: countedFrom.toISOString(),
    countedTo: countedTo.toISOString(),
    isOpen: (buckets.at(-1) ?? -Infinity) + widthMs > now.getTime(),
    gaps: findGaps({ buckets, widthMs }, counted, heard),
  }
}
