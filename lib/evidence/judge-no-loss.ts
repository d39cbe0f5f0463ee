import { DENIAL_RATE_MAX, OBSERVATION_HOURS_MIN } from './readiness.ts'
import type { ReplayedCounts } from './replay-draft.ts'
import { upperBound } from './upper-bound.ts'

const HOUR_MS = 3_600_000

/** What it is worth that nothing recorded would be lost: as much as was recorded, and for as long. */
export function judgeNoLoss(
  { requests, lost, undetermined }: Pick<ReplayedCounts, 'requests' | 'lost' | 'undetermined'>,
  observedFrom: Date | null,
  now: Date,
): { readonly upperBound: number | null; readonly isConclusive: boolean } {
  const bound = lost + undetermined > 0 ? null : upperBound(requests)
  const hours = observedFrom === null ? 0 : (now.getTime() - observedFrom.getTime()) / HOUR_MS
  return {
    upperBound: bound,
    isConclusive: bound !== null && bound <= DENIAL_RATE_MAX && hours >= OBSERVATION_HOURS_MIN,
  }
}
