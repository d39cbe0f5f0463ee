import type { SharedCredential } from '#lib/client/object-types.ts'
import type { SharingStanding } from '#lib/contract/sharing-standing.ts'
import type { Tone } from '../ui/badge.tsx'

export const SHARING_TONES: Readonly<Record<SharingStanding, Tone>> = {
  'very-likely': 'denied',
  likely: 'log-only',
  possible: 'outline',
  'one-program': 'neutral',
}

export interface ProgramSpan {
  readonly workload: string
  /** Percent of the time that all programs span together. */
  readonly start: number
  readonly width: number
}

const LEAST_WIDTH = 1

/** When each program used the credential, on one axis; what is short stays visible. */
export function toProgramSpans(programs: SharedCredential['programs']): ProgramSpan[] {
  const times = programs.map(({ workload, firstAt, lastAt }) => ({
    workload,
    from: Date.parse(firstAt),
    to: Date.parse(lastAt),
  }))
  const from = Math.min(...times.map((time) => time.from))
  const all = Math.max(1, Math.max(...times.map((time) => time.to)) - from)
  return times.map((time) => {
    const width = Math.max(LEAST_WIDTH, ((time.to - time.from) / all) * 100)
    return { workload: time.workload, start: Math.min(100 - width, ((time.from - from) / all) * 100), width }
  })
}
