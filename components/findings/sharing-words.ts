import type { SharedCredential } from '#lib/client/object-types.ts'
import type { Tone } from '../ui/badge.tsx'

/** As a percent that is never certain. */
export const toProbabilityWords = (probability: number): string =>
  `${String(Math.min(99, Math.max(1, Math.round(probability * 100))))}\u00a0%`

interface Standing {
  readonly label: string
  readonly tone: Tone
}

const STANDINGS: readonly (Standing & { readonly from: number })[] = [
  { from: 0.8, label: 'Very likely shared', tone: 'denied' },
  { from: 0.5, label: 'Likely shared', tone: 'log-only' },
  { from: 0.2, label: 'Possibly shared', tone: 'outline' },
  { from: 0, label: 'Probably one program', tone: 'neutral' },
]

export const toSharingStanding = (probability: number): Standing =>
  STANDINGS.find(({ from }) => probability >= from) ?? { label: 'Probably one program', tone: 'neutral' }

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
