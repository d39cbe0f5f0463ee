import type { DatedFacts } from './dated-facts.ts'

/**
 * Since when every request of an endpoint was looked at; null where none was. A quiet time counts, as nothing was missed in it.
 * Requests that were only counted begin the observation anew, and what was recorded before the window proves that it was there
 * from its start.
 */
export function observedSince(
  recorded: readonly DatedFacts[],
  earlier: readonly DatedFacts[],
  windowFrom: Date,
): Date | null {
  if (!recorded.some(({ evaluated }) => evaluated)) return null
  const recordedFrom = Math.min(...[...recorded, ...earlier].map((facts) => facts.recordedFrom.getTime()))
  const unseenUntil = Math.max(...recorded.filter(({ evaluated }) => !evaluated).map(({ lastAt }) => lastAt.getTime()))
  return new Date(Math.max(windowFrom.getTime(), recordedFrom, unseenUntil))
}
