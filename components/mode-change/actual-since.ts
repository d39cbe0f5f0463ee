import type { ForecastComparison, ModeChange } from '#lib/client/object-types.ts'

/**
 * What came since a change. While that is compared with its forecast, the comparison says so: the two are read at different
 * moments, and one page would count twelve requests in one place and thirteen in another.
 */
export function toActual(
  { at, actual }: Pick<ModeChange, 'at' | 'actual'>,
  comparison: ForecastComparison | null | undefined,
): ModeChange['actual'] {
  if (comparison?.at !== at) return actual
  const { requests, denied, callers } = comparison
  return {
    requests,
    denied,
    unforeseen: callers
      .filter((each) => each.denied > 0 && !each.isForeseen)
      .map(({ caller, denied: times }) => ({ caller, denied: times })),
  }
}
