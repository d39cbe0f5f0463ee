'use client'
import type { PickSeries, SeriesBy } from '@/components/charts/series-styles.ts'
import { useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { useGo } from '@/components/ui/unsaved.ts'
import { toDimension } from './to-dimension.ts'

/** From a chart elsewhere to the decisions that one of its series counts. */
export function usePickToDecisions(by: SeriesBy, filter: Readonly<Record<string, string>> = {}): PickSeries {
  const go = useGo()
  const toPath = useEnvironmentPath()
  return (key) => {
    const dimension = toDimension(by, key)
    if (dimension === null) return undefined
    const search = new URLSearchParams({ ...filter, ...dimension })
    return {
      isPicked: false,
      run: () => {
        go(toPath(`/decisions?${search.toString()}`))
      },
    }
  }
}
