import { OUTCOMES, REASONS, type Outcome, type Reason } from '#lib/policy/vocabulary.ts'
import type { SeriesBy } from '@/components/charts/series-styles.ts'

export interface Dimension {
  readonly outcome?: Outcome
  readonly reason?: Reason
  readonly service?: string
  readonly endpoint?: string
  readonly caller?: string
}

/** Series that are several at once, or none of those that can be filtered by. */
const SUMS = new Set(['other', 'undeclared'])

/** The filter that leaves what a series shows; null where there is none. */
export function toDimension(by: SeriesBy, key: string): Dimension | null {
  if (by === 'outcome')
    return orNull(
      'outcome',
      OUTCOMES.find((outcome) => outcome === key),
    )
  if (by === 'reason')
    return orNull(
      'reason',
      REASONS.find((reason) => reason === key),
    )
  return SUMS.has(key) ? null : { [by]: key }
}

const orNull = (by: 'outcome' | 'reason', value: Outcome | Reason | undefined): Dimension | null =>
  value === undefined ? null : { [by]: value }
