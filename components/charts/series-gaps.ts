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
export const PART_WORDS = { open: 'Not over yet', cut: 'Counted in part' } as const
export type Part = keyof typeof PART_WORDS

/** Why nothing is known of a bucket; null where it is known, also when nothing happened. */
export const gapOf = ({ gaps }: Series, at: string): GapKind | null =>
  gaps.find(({ from, to }) => from <= at && at < to)?.kind ?? null

/** Why a bar is lower than its neighbours without less having happened; null where all of its time is counted. */
export function partOf({ isOpen, buckets, bucketSeconds, countedFrom, countedTo }: Series, at: string): Part | null {
  if (isOpen && at === buckets.at(-1)) return 'open'
  const isCut = at < countedFrom || Date.parse(at) + bucketSeconds * 1_000 > Date.parse(countedTo)
  return isCut ? 'cut' : null
}
