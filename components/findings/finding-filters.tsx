'use client'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { servicesQuery } from '#lib/client/services.ts'
import { useEnvironment } from '../shell/environment-context.tsx'
import { FilterBar } from '../ui/filters/filter-bar.tsx'
import { FilterMenu } from '../ui/filters/filter-menu.tsx'
import { Segmented } from '../ui/segmented.tsx'
import type { FindingParams } from './use-finding-params.ts'

interface FindingFiltersProps {
  readonly params: FindingParams
  readonly windowLabel: string
  readonly windows: readonly { readonly days: number; readonly label: string }[]
  readonly children?: ReactNode
}

/** Window and service, above every list of findings. */
export function FindingFilters({ params, windowLabel, windows, children }: FindingFiltersProps) {
  const { data } = useQuery(servicesQuery(useEnvironment()))
  return (
    <FilterBar label="Filter findings" isFiltered={params.isFiltered} onReset={params.clear}>
      <Segmented
        label={windowLabel}
        value={String(params.days)}
        options={windows.map(({ days, label }) => ({ value: String(days), label }))}
        onChange={(value) => {
          params.setDays(Number(value))
        }}
      />
      <FilterMenu
        label="Service"
        isSingle
        options={(data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
        value={params.service === undefined ? [] : [params.service]}
        onChange={([service]) => {
          params.setService(service ?? null)
        }}
      />
      {children}
    </FilterBar>
  )
}
