import type { z } from 'zod'
import type { Gap } from '../../contract/decisions.ts'
import type { Heard } from '#lib/store/decisions/read-heard.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export interface BucketSpan {
  /** Starts, in milliseconds, adjacent and none across midnight. */
  readonly buckets: readonly number[]
  readonly widthMs: number
}

type GapKind = z.output<typeof Gap>['kind']

/**
 * Stretches of buckets of which nothing is known: nothing was counted, and none of the services in question was heard of. An
 * instance counts as live for 90 seconds, so that a minute in which it was heard of tells of the next one too.
 */
export function findGaps(
  { buckets, widthMs }: BucketSpan,
  counted: ReadonlySet<number>,
  heard: Heard,
): z.output<typeof Gap>[] {
  const isKnown = buckets.map((at) => counted.has(at) || isHeardIn(heard, at - MINUTE_MS, at + widthMs))
  const first = heard.isOlder ? 0 : isKnown.indexOf(true)
  const gaps: { kind: GapKind; fromMs: number; toMs: number }[] = []
  buckets.forEach((at, index) => {
    if (isKnown[index] === true) return
    const kind = first < 0 || index < first ? 'before-recording' : 'silent'
    const last = gaps.at(-1)
    if (last?.kind === kind && last.toMs === at) last.toMs = at + widthMs
    else gaps.push({ kind, fromMs: at, toMs: at + widthMs })
  })
  return gaps.map(({ kind, fromMs, toMs }) => ({ from: toIso(fromMs), to: toIso(toMs), kind }))
}

function isHeardIn(heard: Heard, fromMs: number, toMs: number): boolean {
  const dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS
  const minutes = heard.minutesByDay[toIso(dayMs).slice(0, 10)] ?? ''
  const isInDay = minutes.slice((fromMs - dayMs) / MINUTE_MS, (toMs - dayMs) / MINUTE_MS).includes('1')
  return isInDay || (toMs > dayMs + DAY_MS && isHeardIn(heard, dayMs + DAY_MS, toMs))
}

const toIso = (ms: number): string => new Date(ms).toISOString()
