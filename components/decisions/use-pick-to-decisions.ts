'use client'
import { useRouter } from 'next/navigation'
import type { PickSeries, SeriesBy } from '@/components/charts/series-styles.ts'
import { useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { toDimension } from './to-dimension.ts'

/** From a chart elsewhere to the decisions that one of its series counts. */
export function usePickToDecisions(by: SeriesBy, filter: Readonly<Record<string, string>> = {}): PickSeries {
  const router = useRouter()
  const toPath = useEnvironmentPath()
  return (key) => {
    const dimension = toDimension(by, key)
    if (dimension === null) return undefined
    const search = new URLSearchParams({ ...filter, ...dimension })
    return {
      isPicked: false,
      run: () => {
        router.push(toPath(`/decisions?${search.toString()}`))
      },
    }
  }
}
