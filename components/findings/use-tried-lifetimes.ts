'use client'
import { parseAsArrayOf, parseAsInteger, useQueryState } from 'nuqs'

/** What may be tried: edges of the histogram, so that whom it breaks is known exactly. */
export const TRIED_SECONDS = [60, 120, 300, 600, 900, 1_800, 3_600, 14_400] as const
const USUAL_SECONDS = [300, 600, 900]
const TRIED_MAX = 6

/** Lifetimes to count what they break at, shortest first: kept in the address. */
export function useTriedLifetimes() {
  const [chosen, setChosen] = useQueryState('at', parseAsArrayOf(parseAsInteger))
  const known = TRIED_SECONDS.filter((seconds) => chosen?.includes(seconds) === true).slice(0, TRIED_MAX)
  const tried: readonly number[] = known.length === 0 ? USUAL_SECONDS : known
  return { tried, setTried: (next: readonly number[]) => void setChosen(next.length === 0 ? null : [...next]) }
}
