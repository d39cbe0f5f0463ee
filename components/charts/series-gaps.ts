import type { Series } from './series-styles.ts'

export type GapKind = Series['gaps'][number]['kind']

export const GAP_WORDS: Readonly<Record<GapKind, string>> = {
  silent: 'No report',
  'before-recording': 'Not recorded yet',
}
export const GAP_DETAILS: Readonly<Record<GapKind, string>> = {
  silent: 'No instance was heard of: what happened is not known',
  'before-recording': 'No instance had been heard of before',
}
export const OPEN_WORDS = 'Not over yet'

/** Why nothing is known of a bucket; null where it is known, also when nothing happened. */
export const gapOf = ({ gaps }: Series, at: string): GapKind | null =>
  gaps.find(({ from, to }) => from <= at && at < to)?.kind ?? null

export const isOpenBucket = ({ isOpen, buckets }: Series, at: string): boolean => isOpen && at === buckets.at(-1)
