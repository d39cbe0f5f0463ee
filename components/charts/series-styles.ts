import type { RouteResponse } from '#lib/contract/routes.ts'
import { OUTCOME_WORDS, toReasonWords } from '@/components/ui/words.ts'

export type Series = RouteResponse<'readSeries'>
export type SeriesBy = 'outcome' | 'reason' | 'service' | 'endpoint' | 'caller'

/** What choosing a series does; undefined for one that cannot be chosen. */
export type PickSeries = (key: string) => { readonly isPicked: boolean; readonly run: () => void } | undefined

export interface SeriesStyle {
  readonly key: string
  readonly label: string
  /** A colour as CSS, or the hatching of would-be denials. */
  readonly fill: string
  readonly isHatched: boolean
}

const OUTCOME_FILLS = {
  allowed: 'var(--color-allowed-fill)',
  'would-deny': 'var(--color-log-only-fill)',
  denied: 'var(--color-denied-fill)',
  unevaluated: 'var(--color-off-fill)',
} as const
const OUTCOME_LABELS = { ...OUTCOME_WORDS, unevaluated: 'Not evaluated' } as const
/** From the axis upwards: what is worst stands where it can be compared. */
const OUTCOME_ORDER = ['denied', 'would-deny', 'allowed', 'unevaluated']
/** What would dwarf the denials; shown when asked for. */
export const NOT_DENIED: readonly string[] = ['allowed', 'unevaluated']
/** Written out: a colour that no source names is left out of the style sheet. */
const NEUTRAL_FILLS = [
  'var(--color-series-1)',
  'var(--color-series-2)',
  'var(--color-series-3)',
  'var(--color-series-4)',
  'var(--color-series-5)',
  'var(--color-series-6)',
  'var(--color-series-7)',
  'var(--color-series-8)',
] as const
/** Series that are several at once. */
const SUM_LABELS: Readonly<Record<string, string>> = { other: 'Others', undeclared: 'Not declared' }

const isOutcome = (key: string): key is keyof typeof OUTCOME_FILLS => key in OUTCOME_FILLS

export function toSeriesStyles(by: SeriesBy, series: Series['series']): SeriesStyle[] {
  if (by === 'outcome') {
    const present = series.toSorted((left, right) => OUTCOME_ORDER.indexOf(left.key) - OUTCOME_ORDER.indexOf(right.key))
    return present.map(({ key }) => ({
      key,
      label: isOutcome(key) ? OUTCOME_LABELS[key] : key,
      fill: isOutcome(key) ? OUTCOME_FILLS[key] : 'var(--color-off-fill)',
      isHatched: key === 'would-deny',
    }))
  }
  return series.map(({ key, label }, index) => ({
    key,
    label: SUM_LABELS[key] ?? (by === 'reason' ? toReasonWords(key) : label),
    fill: (key === 'other' ? undefined : NEUTRAL_FILLS[index]) ?? 'var(--color-off-fill)',
    isHatched: false,
  }))
}
